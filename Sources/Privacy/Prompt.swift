/// What a person asked for, in memory of its own that is overwritten when the prompt goes.
///
/// A prompt cannot be copied, compared, encoded or printed: it has no description, and putting one into a string
/// does not compile. The only doors are ``withText(_:)`` and ``withUTF8(_:)``; what is made from the text behind
/// them is the caller's to let go of before the door closes.
public struct Prompt: ~Copyable, Sendable {
    /// The number of Unicode scalars, which is how the limits of the HTTP interfaces count characters.
    public let scalarCount: Int

    /// Whether there is nothing in it but white space.
    public let isBlank: Bool

    private let utf8: SecretBytes

    /// Makes a prompt from text.
    ///
    /// The string itself is freed by its last owner; hand over the only copy, so that this is now.
    public init(_ text: consuming String) {
        self.init(text, whenErased: nil)
    }

    /// Makes a prompt from UTF-8, or nothing when the bytes are not UTF-8.
    public init?(validating utf8: Span<UInt8>) {
        guard let copy = utf8.withUnsafeBufferPointer({ String(validating: $0, as: UTF8.self) }) else { return nil }
        self.init(copy)
    }

    /// Makes a prompt whose memory `whenErased` sees after it was overwritten and before it is freed.
    package init(_ text: consuming String, whenErased: (@Sendable (UnsafeBufferPointer<UInt8>) -> Void)?) {
        scalarCount = text.unicodeScalars.count
        isBlank = text.unicodeScalars.allSatisfy(\.properties.isWhitespace)
        utf8 = SecretBytes(text.utf8, whenErased: whenErased)
    }

    /// A second prompt of the same words, which is erased by itself.
    public borrowing func copied() -> Prompt { Prompt(utf8.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }) }

    /// The number of UTF-8 bytes.
    public var utf8Count: Int { utf8.count }

    /// Lends the text to `body`, which must not keep it.
    ///
    /// The string is made for this call and freed after it, unless `body` kept a reference.
    public func withText<Result, Failure: Error>(
        _ body: (borrowing String) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let text = utf8.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
        return try body(text)
    }

    /// Lends the text's UTF-8 to `body`, without making another copy of it.
    public func withUTF8<Result, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try utf8.withBytes(body)
    }
}
