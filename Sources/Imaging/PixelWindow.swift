/// A part of a picture in fractions of its pixels, which may reach beyond it.
///
/// It says what another picture shows of this one, whatever the other's size is. Two pictures of one window lie over
/// each other exactly.
public struct PixelWindow: Sendable, Equatable {
    /// Pixels to the left of it.
    public var x: Double

    /// Rows above it.
    public var y: Double

    /// Pixels in a row of it.
    public var width: Double

    /// Its rows.
    public var height: Double

    /// Makes a window.
    public init(x: Double, y: Double, width: Double, height: Double) {
        self.x = x
        self.y = y
        self.width = width
        self.height = height
    }

    /// All of a picture.
    public init(width: Int, height: Int) {
        self.init(x: 0, y: 0, width: Double(width), height: Double(height))
    }

    /// The largest part around the centre whose width is to its height as one number, above zero, to another.
    public func cropped(toProportions width: Int, _ height: Int) -> PixelWindow {
        let (own, other) = (self.width * Double(height), self.height * Double(width))
        if own > other { return centred(width: other / Double(height), height: self.height) }
        if own < other { return centred(width: self.width, height: own / Double(width)) }
        return self
    }

    /// The smallest window around this one's centre that holds it and whose width is to its height as one number, above
    /// zero, to another.
    public func widened(toProportions width: Int, _ height: Int) -> PixelWindow {
        let (own, other) = (self.width * Double(height), self.height * Double(width))
        if own > other { return centred(width: self.width, height: own / Double(width)) }
        if own < other { return centred(width: other / Double(height), height: self.height) }
        return self
    }

    /// The same part of a picture of another size that shows the same.
    ///
    /// - Parameters:
    ///   - size: The size of the picture that the window is one of.
    ///   - other: The other picture's size.
    public func moved(from size: (width: Int, height: Int), to other: (width: Int, height: Int)) -> PixelWindow {
        if size == other { return self }
        // Without a rounding error.
        if self == PixelWindow(width: size.width, height: size.height) {
            return PixelWindow(width: other.width, height: other.height)
        }
        let across = Double(other.width) / Double(size.width)
        let down = Double(other.height) / Double(size.height)
        return PixelWindow(x: x * across, y: y * down, width: width * across, height: height * down)
    }

    private func centred(width: Double, height: Double) -> PixelWindow {
        PixelWindow(
            x: x + (self.width - width) / 2, y: y + (self.height - height) / 2, width: width, height: height)
    }
}
