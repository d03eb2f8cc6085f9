public import Privacy

/// A picture's pixels: 8 bits a channel, rows from the top, channels together, overwritten when the picture goes.
///
/// One channel is grey, three are red, green, blue (sRGB), four add opacity, not multiplied into the colours.
public struct PixelBuffer: ~Copyable, Sendable {
    /// Pixels in a row.
    public let width: Int

    /// Rows.
    public let height: Int

    /// Bytes a pixel: 1, 3 or 4.
    public let channels: Int

    private var bytes: SecretBytes

    /// Makes a picture of zeros: black, and transparent where there is opacity.
    public init(width: Int, height: Int, channels: Int) {
        self.init(
            width: width, height: height, channels: channels, bytes: SecretBytes(count: width * height * channels))
    }

    /// Makes a picture from its bytes, `[height, width, channels]`.
    public init(width: Int, height: Int, channels: Int, bytes: some Collection<UInt8>) {
        self.init(width: width, height: height, channels: channels, bytes: SecretBytes(bytes))
    }

    /// Makes a picture of memory that already holds its bytes, `[height, width, channels]`.
    public init(width: Int, height: Int, channels: Int, bytes: consuming SecretBytes) {
        precondition(width > 0 && height > 0, "a picture cannot be \(width)×\(height)")
        precondition(channels == 1 || channels == 3 || channels == 4, "a picture cannot have \(channels) channels")
        precondition(
            bytes.count == width * height * channels,
            "\(bytes.count) bytes do not fill \(width)×\(height) pixels of \(channels) channels")
        self.width = width
        self.height = height
        self.channels = channels
        self.bytes = bytes
    }

    /// Bytes in a row.
    public var bytesPerRow: Int { width * channels }

    /// Bytes in the picture.
    public var byteCount: Int { bytes.count }

    /// Reads the bytes in place, `[height, width, channels]`.
    public func withBytes<Result, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try bytes.withBytes(body)
    }

    /// Writes the bytes in place, `[height, width, channels]`.
    public mutating func withMutableBytes<Result, Failure: Error>(
        _ body: (inout MutableSpan<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try bytes.withMutableBytes(body)
    }

    /// The bytes' address, for C libraries; valid during `body`.
    public func withUnsafeBytes<Result, Failure: Error>(
        _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try bytes.withUnsafeBytes(body)
    }

    /// The bytes' address, for C libraries to write to; valid during `body`.
    public mutating func withUnsafeMutableBytes<Result, Failure: Error>(
        _ body: (UnsafeMutableBufferPointer<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try bytes.withUnsafeMutableBytes(body)
    }
}
