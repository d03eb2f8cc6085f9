/// Reads a picture from a file's bytes, whichever of the formats it is in: the bytes decide, not a name or media type.
public enum ImageDecoder {
    /// Decodes the pixels, turned the way that the file says is up and in the colours of sRGB, and leaves everything else
    /// behind. Of an animation it is the first picture.
    ///
    /// The result has one, three or four channels, as the file has grey, colours, or opacity as well.
    ///
    /// - Throws: What is wrong with the file, and ``ImageError/cancelled`` when the check says that it is not wanted.
    public static func decode(
        _ bytes: Span<UInt8>, limits: DecodingLimits = DecodingLimits(), check: DecodingCheck = .wanted
    ) throws(ImageError) -> PixelBuffer {
        try limits.check(byteCount: bytes.count)
        return switch try ImageFormat.identify(bytes) {
        case .png: try PNG.decode(bytes, limits: limits, check: check)
        case .jpeg: try JPEG.decode(bytes, limits: limits, check: check)
        case .webp: try WebP.decode(bytes, limits: limits, check: check)
        }
    }

    /// Decodes the pixels, turned the way that the file says is up, and leaves everything else behind.
    public static func decode(
        _ bytes: [UInt8], limits: DecodingLimits = DecodingLimits()
    ) throws(ImageError) -> PixelBuffer {
        try decode(bytes.span, limits: limits)
    }
}
