/// Reads a picture from a file's bytes, whichever of the formats it is in.
public enum ImageDecoder {
    /// Decodes the pixels, turned the way that the file says is up, and leaves everything else behind.
    ///
    /// The result has one, three or four channels, as the file has grey, colours, or opacity as well.
    public static func decode(
        _ bytes: Span<UInt8>, limits: DecodingLimits = DecodingLimits()
    ) throws(ImageError) -> PixelBuffer {
        try limits.check(byteCount: bytes.count)
        guard let format = ImageFormat(signatureOf: bytes) else { throw .unknownFormat }
        return switch format {
        case .png: try PNG.decode(bytes, limits: limits)
        case .jpeg: try JPEG.decode(bytes, limits: limits)
        case .webp: try WebP.decode(bytes, limits: limits)
        }
    }

    /// Decodes the pixels, turned the way that the file says is up, and leaves everything else behind.
    public static func decode(
        _ bytes: [UInt8], limits: DecodingLimits = DecodingLimits()
    ) throws(ImageError) -> PixelBuffer {
        try decode(bytes.span, limits: limits)
    }
}
