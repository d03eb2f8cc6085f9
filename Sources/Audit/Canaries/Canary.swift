/// What one request of an audit carries, drawn at random: wherever it turns up later, it came from that request.
struct Canary: Sendable {
    /// Which request carries it: its address, and how it was meant to end.
    let label: String

    /// Two words of twelve random letters. No vocabulary has them, and no policy changes them.
    let words: [String]

    /// Eight random ideographs, which every encoding of text writes differently.
    let ideographs: String

    /// A seed of 19 digits. By chance, a given one turns up in a gigabyte about once in eight thousand million times.
    let seed: UInt64

    /// Draws a canary.
    init(_ label: String) {
        self.label = label
        words = (0..<2).map { _ in String((0..<12).map { _ in "bcdfghjklmnpqrstvwxz".randomElement() ?? "q" }) }
        ideographs = String(
            (0..<8).compactMap { _ in Unicode.Scalar(UInt32.random(in: 0x4E00...0x9F00)).map(Character.init) })
        seed = .random(in: 1_000_000_000_000_000_000...9_000_000_000_000_000_000)
    }

    /// The prompt: the canary, and something that the model knows.
    var prompt: String { "\(words[0]) \(words[1]) \(ideographs) red heart" }
}
