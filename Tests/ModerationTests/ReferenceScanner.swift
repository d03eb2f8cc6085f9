/// The search for words as docs/moderation.md describes it, written for clarity: it keeps all of a prompt at once, and so
/// has no bounds that could cut a word in two. For prompts in small ASCII letters.
struct ReferenceScanner {
    /// Words that count as a whole.
    let words: Set<String>
    /// Beginnings of words.
    let beginnings: Set<String>

    /// Whether a prompt has any of the words.
    func finds(in prompt: String) -> Bool {
        var spelled = ""
        for group in prompt.split(whereSeparator: { " ,;\"".contains($0) }) {
            let runs = Self.runs(of: group)
            for run in runs where Kind(run[run.startIndex]) != .mark {
                let isDigits = Kind(run[run.startIndex]) == .digit
                if run.count == 1, !isDigits {
                    spelled.append(contentsOf: run)
                } else if run.count == 1, !spelled.isEmpty, let letter = Self.letter(run[run.startIndex], oneIsL: false)
                {
                    spelled.append(letter)
                } else {
                    if isSpelled(spelled) { return true }
                    spelled = ""
                }
                if isDigits || run.count == 1 ? isWord(String(run)) : isFound(String(run)) { return true }
            }
            guard runs.count > 1 else { continue }
            for oneIsL in [false, true] {
                let reading = Self.reading(of: group, oneIsL: oneIsL)
                if reading.count > 1, isFound(reading) { return true }
            }
        }
        return isSpelled(spelled)
    }

    private enum Kind {
        case letter, digit, mark

        init(_ character: Character) {
            self = character.isLetter ? .letter : character.isNumber ? .digit : .mark
        }
    }

    private static func runs(of group: Substring) -> [Substring] {
        var runs: [Substring] = []
        var rest = group
        while let first = rest.first {
            let run = rest.prefix { Kind($0) == Kind(first) }
            runs.append(run)
            rest = rest.dropFirst(run.count)
        }
        return runs
    }

    /// A group as one word.
    private static func reading(of group: Substring, oneIsL: Bool) -> String {
        var group = group
        while let last = group.last, Kind(last) == .mark, last != "$", last != "@" { group.removeLast() }
        var reading = ""
        var isWeight = false
        for character in group {
            isWeight = character == ":" || isWeight && (character == "." || Kind(character) == .digit)
            if isWeight { continue }
            if Kind(character) == .letter {
                reading.append(character)
            } else if let letter = letter(character, oneIsL: oneIsL) {
                reading.append(letter)
            }
        }
        return reading
    }

    private static func letter(_ character: Character, oneIsL: Bool) -> Character? {
        if "1!|".contains(character) { return oneIsL ? "l" : "i" }
        let letters: [Character: Character] = [
            "0": "o", "3": "e", "4": "a", "@": "a", "5": "s", "$": "s", "7": "t", "+": "t", "8": "b", "9": "g",
        ]
        return letters[character]
    }

    private func isWord(_ text: String) -> Bool {
        words.contains(text) || beginnings.contains { text.hasPrefix($0) }
    }

    /// Whether letters are a word, two words, or a word with repeated letters.
    private func isFound(_ text: String) -> Bool {
        if isWord(text) { return true }
        if text.count <= 128 {
            for length in stride(from: 3, through: text.count - 3, by: 1)
            where words.contains(String(text.prefix(length))) && words.contains(String(text.dropFirst(length))) {
                return true
            }
        }
        let squeezed = Self.squeezed(text)
        guard squeezed.isRepeated else { return false }
        return words.contains { Self.squeezed($0).text == squeezed.text }
            || beginnings.contains { squeezed.text.hasPrefix(Self.squeezed($0).text) }
    }

    private static func squeezed(_ text: String) -> (text: String, isRepeated: Bool) {
        var (result, run, isRepeated) = ("", 0, false)
        for character in text {
            run = character == result.last ? run + 1 : 1
            if run == 1 { result.append(character) }
            if run >= 3 { isRepeated = true }
        }
        return (result, isRepeated)
    }

    private func isSpelled(_ letters: String) -> Bool {
        guard letters.count >= 3 else { return false }
        if isWord(letters) { return true }
        return words.contains { $0.count >= 4 && letters.contains($0) }
            || beginnings.contains { $0.count >= 4 && letters.contains($0) }
    }
}
