/// How large a picture may become.
public struct UpscalingLimits: Sendable, Equatable {
    /// The most pixels of one side of the result.
    public var maximumSide: Int

    /// The most pixels of the result.
    public var maximumPixels: Int

    /// Sets limits: sides of 8,192 and 2²⁶ pixels, which is a square of that side, unless told otherwise.
    public init(maximumSide: Int = 8_192, maximumPixels: Int = 1 << 26) {
        self.maximumSide = maximumSide
        self.maximumPixels = maximumPixels
    }

    /// Refuses a result's size, before memory is taken for it.
    ///
    /// - Throws: `UpscalingError.side` or `.tooManyPixels`.
    public func check(width: Int, height: Int) throws(UpscalingError) {
        guard min(width, height) >= 1, max(width, height) <= maximumSide else { throw .side(maximum: maximumSide) }
        let (pixels, overflow) = width.multipliedReportingOverflow(by: height)
        guard !overflow, pixels <= maximumPixels else { throw .tooManyPixels(maximum: maximumPixels) }
    }
}
