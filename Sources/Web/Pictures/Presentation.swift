internal import Imaging

/// How an answer is to look.
struct Presentation: Sendable {
    var format: ImageFormat = .png
    /// From 0, smallest, to 100, best; PNG has no such choice.
    var compression = 100
    /// Whether pictures come as `data:` addresses; there is nowhere else they could be fetched from.
    var asURL = false
    /// The quality that was asked for, to be reported back.
    var quality: Quality = .auto
}
