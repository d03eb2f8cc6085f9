/// A way to write a prompt that people read and careless filters do not.
enum Disguise: String, CaseIterable, Sendable {
    case capitals, fullwidth, mathematical, cyrillic, diacritics, zeroWidth, bidirectional, leetspeak, repeated, hyphens
    case dots, spelledOut, weights

    /// Whether words come apart into letters, so that where they begin is lost.
    var hidesWords: Bool { self == .spelledOut || self == .dots }

    /// Writes every word of a prompt so; numbers stay as they are.
    func apply(to prompt: String) -> String {
        prompt.split(separator: " ").map { word in
            let hasLetters = word.contains(where: \.isLetter)
            let hasDigits = word.contains(where: \.isNumber)
            return hasLetters && !hasDigits ? apply(toWord: String(word)) : String(word)
        }.joined(separator: self == .spelledOut ? "   " : " ")
    }

    private func apply(toWord word: String) -> String {
        switch self {
        case .capitals: word.uppercased()
        case .fullwidth: word.mapASCIILetters { 0xFF41 + $0 }
        case .mathematical: word.mapASCIILetters { 0x1D41A + $0 }
        case .cyrillic:
            word.replacing(["a": "а", "c": "с", "e": "е", "i": "і", "o": "о", "p": "р", "x": "х", "y": "у"])
        case .diacritics: word.map { $0.isLetter ? "\($0)\u{0301}\u{0332}" : "\($0)" }.joined()
        case .zeroWidth: word.map(String.init).joined(separator: "\u{200B}\u{00AD}")
        case .bidirectional: "\u{202E}" + word.map(String.init).joined(separator: "\u{2066}") + "\u{202C}"
        case .leetspeak: word.replacing(["a": "4", "e": "3", "i": "1", "o": "0", "s": "$"])
        case .repeated: word.replacing(["a": "aaaa", "e": "eeee", "i": "iiii", "o": "oooo", "u": "uuuu"])
        case .hyphens: word.count > 3 ? "\(word.prefix(2))-\(word.dropFirst(2))" : word
        case .dots: word.count > 2 ? word.map(String.init).joined(separator: ".") : word
        case .spelledOut: word.map(String.init).joined(separator: " ")
        case .weights: word.count > 3 ? "(\(word.prefix(2)))(\(word.dropFirst(2)):1.2)" : "(\(word):1.2)"
        }
    }
}

extension String {
    fileprivate func mapASCIILetters(_ scalar: (UInt32) -> UInt32) -> String {
        String(
            String.UnicodeScalarView(
                lowercased().unicodeScalars.map { letter in
                    guard ("a"..."z").contains(letter) else { return letter }
                    return Unicode.Scalar(scalar(letter.value - 0x61)) ?? letter
                }))
    }

    fileprivate func replacing(_ letters: [Character: String]) -> String {
        lowercased().map { letters[$0] ?? String($0) }.joined()
    }
}
