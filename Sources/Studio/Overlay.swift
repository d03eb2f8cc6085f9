import Imaging

/// What stays of an initial picture when a part of it is drawn anew; shared by all pictures of a request.
final class Overlay: Sendable {
    /// How a drawn picture and the original become one.
    enum Blending: Sendable {
        /// The mask says how much of each pixel is drawn, from none where it is black.
        case through
        /// The original is transparent where the mask is white, and was composited on white: what is drawn shows through
        /// it instead.
        case behind
    }

    /// The initial picture as it is to be outside the mask.
    private let original: PixelBuffer

    /// Where new pixels are taken, white, and where the original's are, black; of the original's size.
    private let mask: PixelBuffer

    /// The part of the original that is drawn.
    private let part: PixelRectangle

    private let blending: Blending

    init(
        original: consuming PixelBuffer, mask: consuming PixelBuffer, part: PixelRectangle,
        blending: Blending = .through
    ) {
        self.original = original
        self.mask = mask
        self.part = part
        self.blending = blending
    }

    /// The size of finished pictures, in pixels.
    var width: Int { original.width }
    var height: Int { original.height }

    /// The size of the part that is drawn.
    var drawnPart: ImageSize { ImageSize(width: part.width, height: part.height) }

    /// The original with what was drawn in its place; outside the mask, its pixels are the original's.
    func finish(_ drawn: consuming PixelBuffer) -> PixelBuffer {
        let fitting = drawn.covering(drawnPart)
        var result = original.copied()
        switch blending {
        case .through: result.draw(fitting, in: part, through: mask)
        case .behind: result.draw(fitting, behindWhite: mask)
        }
        return result
    }
}
