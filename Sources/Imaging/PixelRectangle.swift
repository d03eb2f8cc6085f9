/// A part of a picture, in pixels from its upper left corner.
public struct PixelRectangle: Sendable, Equatable {
    /// Pixels to the left of it.
    public var x: Int

    /// Rows above it.
    public var y: Int

    /// Pixels in a row of it.
    public var width: Int

    /// Its rows.
    public var height: Int

    /// Makes a rectangle.
    public init(x: Int, y: Int, width: Int, height: Int) {
        self.x = x
        self.y = y
        self.width = width
        self.height = height
    }
}
