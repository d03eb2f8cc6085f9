import Foundation

/// What a pixel of a resized picture is made of, as Pillow's filters of these names.
public enum ResamplingFilter: Sendable {
    /// Lanczos's with three lobes: sharp, and beside an edge a little brighter and darker than the picture.
    case lanczos
    /// Pillow's bilinear one: softer, and nowhere brighter or darker than the picture, as masks need it.
    case triangle

    /// How many pixels away, where the picture does not shrink, a pixel still counts.
    var support: Double {
        switch self {
        case .lanczos: 3
        case .triangle: 1
        }
    }

    /// How much a pixel counts that is so far away.
    func weight(_ x: Double) -> Double {
        switch self {
        case .lanczos:
            func sinc(_ x: Double) -> Double { x == 0 ? 1 : sin(x * .pi) / (x * .pi) }
            return x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0
        case .triangle:
            return max(0, 1 - abs(x))
        }
    }
}
