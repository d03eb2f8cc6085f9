/// What a folded character is to the search for words.
enum CharacterKind {
    case letter
    case digit
    /// Anything else that can stand within a word that is written to look like another.
    case mark
    /// White space, or what ends a phrase.
    case gap

    init(_ value: UInt32) {
        switch value {
        case 0x61...0x7A, 0x41...0x5A: self = .letter
        case 0x30...0x39: self = .digit
        case 0...0x20, 0x22, 0x2C, 0x3B: self = .gap
        case ..<0x80: self = .mark
        default:
            guard let scalar = Unicode.Scalar(value) else { self = .gap; return }
            let properties = scalar.properties
            self = properties.isAlphabetic ? .letter : properties.isWhitespace ? .gap : .mark
        }
    }
}

/// The letter that a digit or mark is written for; nil when it is written for none.
///
/// - Parameters:
///   - value: The digit or mark.
///   - oneIsL: What stands for i may also stand for l.
func disguisedLetter(_ value: UInt32, oneIsL: Bool) -> UInt32? {
    let letter: Unicode.Scalar? =
        switch Unicode.Scalar(value) {
        case "0": "o"
        case "1", "!", "|": oneIsL ? "l" : "i"
        case "3", "€": "e"
        case "4", "@": "a"
        case "5", "$": "s"
        case "7", "+": "t"
        case "8": "b"
        case "9": "g"
        case "£": "l"
        case "¢": "c"
        default: nil
        }
    return letter?.value
}
