/// What a file's header says of the image in it, read without decoding a pixel.
public struct ImageInfo: Sendable, Equatable {
    /// The file's format.
    public let format: ImageFormat

    /// Pixels in a row, the image turned the way that the file says is up.
    public let width: Int

    /// Rows of pixels.
    public let height: Int

    /// About how often decoding goes over all pixels: once unless the file is interlaced or progressive, or its colours
    /// have to be changed.
    public let passes: Int

    /// Pixels in the image.
    public var pixels: Int { width * height }

    /// Takes a size as it is stored, which must have been checked against limits.
    init(_ format: ImageFormat, width: Int, height: Int, passes: Int = 1, orientation: Orientation) {
        self.format = format
        self.width = orientation.swapsSides ? height : width
        self.height = orientation.swapsSides ? width : height
        self.passes = passes
    }
}

extension ImageDecoder {
    /// Reads a file's header, and refuses what ``decode(_:limits:)-(Span<UInt8>,_)`` would refuse for it.
    public static func info(
        of bytes: Span<UInt8>, limits: DecodingLimits = DecodingLimits()
    ) throws(ImageError) -> ImageInfo {
        try limits.check(byteCount: bytes.count)
        return switch try ImageFormat.identify(bytes) {
        case .png: try PNG.info(of: bytes, limits: limits)
        case .jpeg: try JPEG.info(of: bytes, limits: limits)
        case .webp: try WebP.info(of: bytes, limits: limits)
        }
    }
}
