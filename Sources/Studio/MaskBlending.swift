/// How a mask that is neither black nor white is taken.
public enum MaskBlending: Sendable, Equatable {
    /// A pixel is new by as much as the mask is white there. Whatever is not black is drawn.
    case proportional
    /// As A1111's `modules/processing.py`: what is drawn is decided at half, and the original reaches half into a blurred
    /// edge where the whole picture is drawn.
    case halved
}
