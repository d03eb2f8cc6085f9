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
}
