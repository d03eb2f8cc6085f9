internal import Imaging

/// How an answer is to look.
struct Presentation: Sendable {
    var format: ImageFormat = .png
    /// From 0, smallest, to 100, best; PNG has no such choice.
    var compression = 100
}
