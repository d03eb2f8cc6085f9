import Imaging

/// What stays of an initial picture when a part of it is drawn anew; shared by all pictures of a request.
final class Overlay: Sendable {
    /// The initial picture as it is to be outside the mask.
    private let original: PixelBuffer

    /// Where new pixels are taken, white, and where the original's are, black; of the original's size.
    private let mask: PixelBuffer

    /// The part of the original that is drawn.
    private let part: PixelRectangle

    init(original: consuming PixelBuffer, mask: consuming PixelBuffer, part: PixelRectangle) {
        self.original = original
        self.mask = mask
        self.part = part
    }

    /// The size of finished pictures, in pixels.
    var width: Int { original.width }
    var height: Int { original.height }

    /// The original with what was drawn in its place; outside the mask, its pixels are the original's.
    func finish(_ drawn: consuming PixelBuffer) -> PixelBuffer {
        var result = original.copied()
        result.draw(drawn.resized(width: part.width, height: part.height), in: part, through: mask)
        return result
    }
}
