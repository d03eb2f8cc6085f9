/// How large a picture may be that somebody sends.
public struct DecodingLimits: Sendable, Equatable {
    /// The most bytes that a file may have.
    public var maximumBytes: Int

    /// The most pixels that a picture may have; its header is asked before memory is taken for them.
    public var maximumPixels: Int

    /// Sets limits: 20 MiB and 24 million pixels unless told otherwise.
    public init(maximumBytes: Int = 20 << 20, maximumPixels: Int = 24_000_000) {
        self.maximumBytes = maximumBytes
        self.maximumPixels = maximumPixels
    }

    func check(byteCount: Int) throws(ImageError) {
        guard byteCount <= maximumBytes else {
            throw .tooManyBytes(count: byteCount, maximum: maximumBytes)
        }
    }

    func check(width: Int, height: Int) throws(ImageError) {
        guard width <= maximumPixels, height <= maximumPixels, width * height <= maximumPixels else {
            throw .tooManyPixels(width: width, height: height, maximum: maximumPixels)
        }
    }
}
