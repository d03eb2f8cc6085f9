/// Reads a prompt in the syntax that Stable Diffusion's web interfaces share.
///
/// `(text)` counts 1.1 times, `(text:1.5)` so many times, `[text]` 1 / 1.1 times, nested ones their product; `\(`, `\)`,
/// `\[`, `\]` and `\\` are the characters themselves; the word `BREAK` ends a chunk. A bracket that is never closed goes
/// to the end, one that was never opened is text. Weights are bounded, and so is the depth of brackets: beyond both, the
/// embeddings would leave the range of numbers.
/// Reference: stable-diffusion-webui, `modules/prompt_parser.py`, `parse_prompt_attention`.
struct PromptParser {
    private static let roundWeight: Float = 1.1
    private static let squareWeight: Float = 1 / 1.1

    /// The most times that words may count, either sign.
    static let maximumWeight: Float = 100

    /// How many brackets may be open at a time.
    static let maximumDepth = 100

    private let scalars: [Unicode.Scalar]
    private var position = 0
    private var parts: [PromptPart] = []
    private var roundBrackets: [Int] = []
    private var squareBrackets: [Int] = []

    /// The parts of a prompt; at least one.
    ///
    /// - Throws: A `PromptProblem` for `AND`, which would join prompts that are denoised apart, for adapters, none of which
    ///   there are, and for weights and depths out of bounds.
    static func parts(of text: String, syntax: PromptSyntax) throws(PromptProblem) -> [PromptPart] {
        switch syntax {
        case .plain: return [.text(text, weight: 1)]
        case .weighted:
            var parser = PromptParser(scalars: Array(text.unicodeScalars))
            guard parser.scalars.firstWord("AND", in: parser.scalars.indices) == nil else { throw .composed }
            guard !AdapterTag.stands(in: parser.scalars) else { throw .unknownAdapter }
            return try parser.parse()
        }
    }

    private init(scalars: [Unicode.Scalar]) { self.scalars = scalars }

    private mutating func parse() throws(PromptProblem) -> [PromptPart] {
        while position < scalars.count {
            takeNext()
            // What is open costs a look at everything behind it when it is closed.
            guard roundBrackets.count + squareBrackets.count <= Self.maximumDepth else {
                throw .nesting(maximum: Self.maximumDepth)
            }
        }
        for begin in roundBrackets { multiply(from: begin, by: Self.roundWeight) }
        for begin in squareBrackets { multiply(from: begin, by: Self.squareWeight) }
        for case .text(_, let weight) in parts {
            guard abs(weight) <= Self.maximumWeight else { throw .weight(maximum: Self.maximumWeight) }
        }
        return merged()
    }

    private mutating func takeNext() {
        let begin = position
        position += 1
        switch scalars[begin] {
        case "\\":
            // A backslash before anything else goes.
            guard position < scalars.count, "()[]\\".unicodeScalars.contains(scalars[position]) else { return }
            append(position..<position + 1)
            position += 1
        case "(": roundBrackets.append(parts.count)
        case "[": squareBrackets.append(parts.count)
        case ")":
            if let open = roundBrackets.popLast() {
                multiply(from: open, by: Self.roundWeight)
            } else {
                append(begin..<position)
            }
        case "]":
            if let open = squareBrackets.popLast() {
                multiply(from: open, by: Self.squareWeight)
            } else {
                append(begin..<position)
            }
        case ":":
            guard let (weight, end) = weight(after: position) else { return append(begin..<position) }
            position = end
            if let open = roundBrackets.popLast() {
                multiply(from: open, by: weight)
            } else {
                append(begin..<end)
            }
        default:
            while position < scalars.count, !"\\()[]:".unicodeScalars.contains(scalars[position]) { position += 1 }
            appendText(begin..<position)
        }
    }

    /// A number between white space and a closing bracket, and where the bracket ends.
    private func weight(after start: Int) -> (weight: Float, end: Int)? {
        func skip(_ from: Int, while condition: (Unicode.Scalar) -> Bool) -> Int {
            scalars[from...].firstIndex { !condition($0) } ?? scalars.count
        }
        let begin = skip(start) { $0.properties.isWhitespace }
        let digits = begin < scalars.count && "+-".unicodeScalars.contains(scalars[begin]) ? begin + 1 : begin
        let end = skip(digits) { "0"..."9" ~= $0 || $0 == "." }
        let bracket = skip(end) { $0.properties.isWhitespace }
        guard digits < end, bracket < scalars.count, scalars[bracket] == ")" else { return nil }
        let number = String(String.UnicodeScalarView(scalars[begin..<end]))
        // A number too large for the type is infinite, and refused with the other weights.
        guard let weight = Float(number) else { return nil }
        return (weight, bracket + 1)
    }

    private mutating func append(_ range: Range<Int>) {
        parts.append(.text(String(String.UnicodeScalarView(scalars[range])), weight: 1))
    }

    /// Appends text, cut where it says `BREAK`, with the white space around that gone.
    private mutating func appendText(_ range: Range<Int>) {
        var rest = range
        while let word = scalars.firstWord("BREAK", in: rest) {
            let before = scalars[rest.lowerBound..<word.lowerBound]
            append(rest.lowerBound..<(before.lastIndex { !$0.properties.isWhitespace } ?? rest.lowerBound - 1) + 1)
            parts.append(.chunkBreak)
            let after = scalars[word.upperBound..<rest.upperBound]
            rest = (after.firstIndex { !$0.properties.isWhitespace } ?? rest.upperBound)..<rest.upperBound
        }
        append(rest)
    }

    private mutating func multiply(from begin: Int, by factor: Float) {
        for index in begin..<max(begin, parts.count) {
            if case .text(let text, let weight) = parts[index] { parts[index] = .text(text, weight: weight * factor) }
        }
    }

    /// Neighbours of one weight as one text, so that words are not cut where brackets were.
    private func merged() -> [PromptPart] {
        var result: [PromptPart] = []
        for part in parts {
            if case .text(let text, let weight) = part, case .text(let before, weight)? = result.last {
                result[result.count - 1] = .text(before + text, weight: weight)
            } else {
                result.append(part)
            }
        }
        return result.isEmpty ? [.text("", weight: 1)] : result
    }
}

extension [Unicode.Scalar] {
    /// Where a word stands by itself, neither letters nor digits beside it.
    fileprivate func firstWord(_ word: String, in range: Range<Int>) -> Range<Int>? {
        let word = Array(word.unicodeScalars)
        guard range.count >= word.count else { return nil }
        for start in range.lowerBound...range.upperBound - word.count where self[start] == word[0] {
            let end = start + word.count
            guard self[start..<end].elementsEqual(word),
                start == range.lowerBound || !self[start - 1].isWordCharacter,
                end == range.upperBound || !self[end].isWordCharacter
            else { continue }
            return start..<end
        }
        return nil
    }
}

extension Unicode.Scalar {
    fileprivate var isWordCharacter: Bool {
        self == "_" || properties.isAlphabetic || properties.numericType != nil
    }
}
