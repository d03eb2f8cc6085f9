/// A part of a drawing that has the ground's colour and is not reached from the frame: a hole, or a white thing.
struct EnclosedPart {
    /// Its pixels' places.
    var pixels: [Int] = []

    /// What it is in.
    var box = PixelRectangle(x: 0, y: 0, width: 1, height: 1)

    /// Whether it lies beside ground that was reached, behind a narrow passage.
    var touchesGround = false

    /// Whether it surrounds something, as an eye does a pupil.
    var hasIslands = false

    /// How many pixels there are at least between it and the ground outside.
    var wall = 0

    /// How far its pixels are from the ground's colour on average, in units of what ground may be.
    var difference: Float = 0

    /// Whether it is a hole, of a drawing on white.
    ///
    /// The numbers are those that do best on 840 drawings of Noto Color Emoji and Twemoji, of which it is known: eyes have pupils,
    /// the outlines of white bodies are thin, teeth are deep inside a face and shaded, rings and handles are neither thin nor thick.
    ///
    /// - Parameters:
    ///   - side: The picture's longer side.
    ///   - groundDifference: How far the ground's own pixels are from its colour on average, in the same units.
    func isHole(side: Int, groundDifference: Float) -> Bool {
        if touchesGround { return true }
        let (area, wall) = (Float(pixels.count) / Float(side * side), Float(wall) / Float(side))
        return !hasIslands && area >= 0.0005 && (0.028...0.09).contains(wall)
            && difference < groundDifference + 0.15
    }
}
