/// The web UI's words for exchanging words on the way: `[from:to:when]`, `[word:when]`, `[word::when]`, `[one|other]`.
///
/// They are read as text here, and those who asked can be told so.
/// Reference: stable-diffusion-webui, `modules/prompt_parser.py`, `schedule_parser`.
enum PromptEditing {
    /// Whether a prompt has such words.
    static func stands(in scalars: [Unicode.Scalar]) -> Bool {
        // Where the innermost open bracket begins, and whether there was a colon or a bar in it.
        var open: [(colon: Int?, bar: Bool)] = []
        var position = 0
        while position < scalars.count {
            switch scalars[position] {
            case "\\": position += 1
            case "[": open.append((nil, false))
            case ":" where !open.isEmpty: open[open.count - 1].colon = position
            case "|" where !open.isEmpty: open[open.count - 1].bar = true
            case "]":
                guard let bracket = open.popLast() else { break }
                if bracket.bar { return true }
                if let colon = bracket.colon, isNumber(scalars[(colon + 1)..<position]) { return true }
            default: break
            }
            position += 1
        }
        return false
    }

    private static func isNumber(_ scalars: ArraySlice<Unicode.Scalar>) -> Bool {
        let digits = scalars.filter { !$0.properties.isWhitespace }
        return !digits.isEmpty && digits.allSatisfy { "0"..."9" ~= $0 || $0 == "." }
    }
}

extension PromptSyntax {
    /// Whether a prompt has words that the web UI would exchange on the way, and that are text here.
    public func editsWords(_ text: String) -> Bool {
        self == .weighted && PromptEditing.stands(in: Array(text.unicodeScalars))
    }
}
