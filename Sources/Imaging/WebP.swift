import CWebP
import Privacy

/// WebP, through libwebp, in memory.
public enum WebP {
    /// The picture as a lossy WebP file's bytes.
    ///
    /// - Parameters:
    ///   - picture: The picture.
    ///   - quality: From 0, smallest, to 100, best.
    ///   - metadata: What the file says beside the pixels.
    public static func encode(
        _ picture: borrowing PixelBuffer, quality: Int = PixelBuffer.defaultQuality,
        metadata: borrowing PictureMetadata? = nil
    ) throws(ImageError) -> [UInt8] {
        guard picture.channels != 1 else {
            return try encode(picture.compositedOnWhite(), quality: quality, metadata: metadata)
        }
        let (width, height, channels) = (picture.width, picture.height, picture.channels)
        guard max(width, height) <= ImageFormat.webp.maximumSide else {
            throw .notEncodable(.webp, width: width, height: height)
        }
        let stride = Int32(picture.bytesPerRow)
        let quality = Float(min(max(quality, 0), 100))
        var output: UnsafeMutablePointer<UInt8>?
        let size = picture.withUnsafeBytes {
            channels == 4
                ? WebPEncodeRGBA($0.baseAddress, Int32(width), Int32(height), stride, quality, &output)
                : WebPEncodeRGB($0.baseAddress, Int32(width), Int32(height), stride, quality, &output)
        }
        guard size > 0, let output else { throw .notEncodable(.webp, width: width, height: height) }
        defer {
            eraseMemory(output, count: size)
            WebPFree(output)
        }
        let bytes = UnsafeBufferPointer(start: output, count: size)
        return switch metadata {
        case .some(let metadata): file(bytes, width: width, height: height, with: metadata)
        case .none: Array(bytes)
        }
    }

    /// Decodes a WebP file's pixels, turned as its EXIF block says.
    public static func decode(
        _ bytes: Span<UInt8>, limits: DecodingLimits = DecodingLimits()
    ) throws(ImageError) -> PixelBuffer {
        try limits.check(byteCount: bytes.count)
        let picture = try bytes.withUnsafeBufferPointer { bytes throws(ImageError) -> PixelBuffer in
            let features = try features(bytes, limits: limits)
            let hasOpacity = features.has_alpha != 0
            var picture = PixelBuffer(
                width: Int(features.width), height: Int(features.height), channels: hasOpacity ? 4 : 3)
            let stride = Int32(picture.bytesPerRow)
            let isSound = picture.withUnsafeMutableBytes {
                hasOpacity
                    ? WebPDecodeRGBAInto(bytes.baseAddress, bytes.count, $0.baseAddress, $0.count, stride) != nil
                    : WebPDecodeRGBInto(bytes.baseAddress, bytes.count, $0.baseAddress, $0.count, stride) != nil
            }
            guard isSound else { throw .damaged(.webp) }
            return picture
        }
        return orientation(bytes).apply(to: picture)
    }

    /// What the header says.
    static func info(of bytes: Span<UInt8>, limits: DecodingLimits) throws(ImageError) -> ImageInfo {
        let (width, height) = try bytes.withUnsafeBufferPointer { bytes throws(ImageError) -> (Int, Int) in
            let features = try features(bytes, limits: limits)
            return (Int(features.width), Int(features.height))
        }
        return ImageInfo(.webp, width: width, height: height, orientation: orientation(bytes))
    }

    private static func features(
        _ bytes: UnsafeBufferPointer<UInt8>, limits: DecodingLimits
    ) throws(ImageError) -> WebPBitstreamFeatures {
        var features = WebPBitstreamFeatures()
        guard WebPGetFeatures(bytes.baseAddress, bytes.count, &features) == VP8_STATUS_OK, features.width > 0,
            features.height > 0
        else { throw .damaged(.webp) }
        try limits.check(width: Int(features.width), height: Int(features.height))
        guard features.has_animation == 0 else { throw .unsupported(.webp, .animation) }
        return features
    }

    /// What the chunk EXIF says, if there is one.
    private static func orientation(_ bytes: Span<UInt8>) -> Orientation {
        var offset = 12
        while offset + 8 <= bytes.count {
            let length = bytes.littleEndian(at: offset + 4)
            guard length <= bytes.count - offset - 8 else { return .up }
            if bytes.holds("EXIF", at: offset) {
                // Some writers keep the prefix that the block has in JPEG files.
                let prefix = bytes.holds("Exif\0\0", at: offset + 8) && length >= 6 ? 6 : 0
                return Orientation(exif: bytes.extracting(offset + 8 + prefix..<offset + 8 + length))
            }
            offset += 8 + length + length & 1
        }
        return .up
    }
}
