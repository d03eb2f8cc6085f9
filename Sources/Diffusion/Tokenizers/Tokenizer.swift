/// Turns text into the numbers that a text encoder was trained on.
///
/// The numbers are those of the Python library transformers, version 5.23, for every text. A tokenizer remembers
/// nothing of the texts it is given; in particular it caches no words.
public protocol Tokenizer: Sendable {
    /// How many tokens the text encoder takes, begin and end included.
    var maximumLength: Int { get }

    /// The token before every text.
    var beginToken: Int32 { get }

    /// The token after every text.
    var endToken: Int32 { get }

    /// The token that fills up a short text.
    var paddingToken: Int32 { get }

    /// The largest number that a token has: the text encoder's table must be longer than this.
    var largestToken: Int32 { get }

    /// The tokens of a text, without begin, end and padding, however many there are.
    func tokens(of text: String) -> [Int32]
}

extension Tokenizer {
    /// Exactly `length` tokens: begin, as much of the text as fits, end, padding.
    ///
    /// As `tokenizer(text, padding="max_length", truncation=True, max_length=length)` in transformers.
    ///
    /// - Parameters:
    ///   - text: Any text.
    ///   - length: How many tokens to make, at least 2; `maximumLength` when nil.
    public func encode(_ text: String, length: Int? = nil) -> [Int32] {
        let length = length ?? maximumLength
        precondition(length >= 2, "begin and end need two tokens; there is room for \(length)")
        let content = [beginToken] + tokens(of: text).prefix(length - 2) + [endToken]
        return content + Array(repeating: paddingToken, count: length - content.count)
    }

    /// Begin, all tokens of the text, end: as `tokenizer(text)` in transformers.
    public func encodeUnpadded(_ text: String) -> [Int32] { [beginToken] + tokens(of: text) + [endToken] }
}
