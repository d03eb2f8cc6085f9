public import Imaging

/// How large an image is, in pixels.
public struct ImageSize: Sendable, Hashable {
    /// Pixels in a row.
    public var width: Int

    /// Rows of pixels.
    public var height: Int

    /// Joins two sides.
    public init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }

    /// The size of an image whose header was read.
    public init(_ info: ImageInfo) { self.init(width: info.width, height: info.height) }

    /// The size of an image in memory.
    public init(_ pixels: borrowing PixelBuffer) { self.init(width: pixels.width, height: pixels.height) }

    /// Pixels; as many as a number can say where there would be more.
    public var pixels: Int {
        let (product, overflows) = width.multipliedReportingOverflow(by: height)
        return overflows ? .max : product
    }

    /// All of an image of this size.
    var window: PixelWindow { PixelWindow(width: width, height: height) }
}
