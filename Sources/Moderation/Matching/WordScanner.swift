import Privacy

/// Finds a vocabulary's words in a prompt, however they are written.
///
/// Words are runs of letters and runs of digits between anything else, and have places counted from 0. Beside what is
/// there, these readings are tried: words with a letter three times or more in a row without its repetitions; everything between two
/// gaps as one word, with digits and marks read as the letters that they are written for (`ch1ld`, `nu-de`); letters
/// that stand alone taken together (`c h i l d`); two words without a gap between.
///
/// Each reading takes in one character after the other and keeps no more of them than the longest word needs. So there
/// is no length at which a word is cut in two, the time is proportional to the prompt's length, and the memory is the same
/// for every prompt but for the words that are found.
struct WordScanner: ~Copyable {
    private let vocabulary: Vocabulary
    private let hits = WordHits()
    /// The place of the next word.
    private var place: Int32 = 0

    // What is between two gaps.
    private var groupPlace: Int32 = 0
    private var runs = 0
    private var runKind = CharacterKind.gap
    private var letters = WordReading()
    private var digits = NumberReading()
    private var withI = GroupReading(oneIsL: false)
    private var withL = GroupReading(oneIsL: true)

    private var spelled = SpelledLetters()

    private init(_ vocabulary: Vocabulary) { self.vocabulary = vocabulary }

    /// The words in UTF-8, in the order of their places.
    static func scan(_ utf8: Span<UInt8>, for vocabulary: Vocabulary) -> WordHits {
        var scanner = WordScanner(vocabulary)
        utf8.withUnsafeBufferPointer { bytes in
            var decoder = UTF8()
            var iterator = bytes.makeIterator()
            decoding: while true {
                switch decoder.decode(&iterator) {
                case .scalarValue(let scalar): scanner.append(scalar)
                case .error: scanner.append("\u{FFFD}")
                case .emptyInput: break decoding
                }
            }
        }
        return scanner.finish()
    }

    private consuming func finish() -> WordHits {
        endGroup()
        endSpelled()
        hits.finish(placeCount: Int(place))
        return hits
    }

    private mutating func append(_ scalar: Unicode.Scalar) {
        Folding.fold(scalar) { value in
            let kind = CharacterKind(value)
            if kind == .gap { endGroup() } else { append(value, kind) }
        }
    }

    // MARK: Groups: what is between two gaps

    private mutating func append(_ value: UInt32, _ kind: CharacterKind) {
        if runs == 0 { groupPlace = place }
        if runs == 0 || kind != runKind {
            endRun()
            runKind = kind
            runs += 1
        }
        switch kind {
        case .letter: letters.append(value)
        case .digit: digits.append(value)
        case .mark, .gap: break
        }
        withI.append(value, kind)
        withL.append(value, kind)
    }

    private mutating func endGroup() {
        guard runs > 0 else { return }
        endRun()
        if runs > 1 {
            withI.matchAll(in: vocabulary) { [hits, groupPlace, place] in hits.append($0, at: groupPlace, next: place) }
            withL.matchAll(in: vocabulary) { [hits, groupPlace, place] in hits.append($0, at: groupPlace, next: place) }
        }
        withI.removeAll()
        withL.removeAll()
        runs = 0
    }

    /// Looks up the letters or digits that have just ended.
    private mutating func endRun() {
        if letters.count > 0 { endLetters() }
        if digits.count > 0 { endDigits() }
    }

    private mutating func endLetters() {
        if letters.count == 1, let letter = letters.first {
            spelled.append(letter, vocabulary: vocabulary)
            letters.match(in: vocabulary) { [hits, place] in hits.append($0, at: place, next: place + 1) }
        } else {
            endSpelled()
            letters.matchAll(in: vocabulary) { [hits, place] in hits.append($0, at: place, next: place + 1) }
        }
        letters.removeAll()
        place += 1
    }

    private mutating func endDigits() {
        if digits.count == 1, spelled.count > 0, let digit = digits.first,
            let letter = disguisedLetter(digit, oneIsL: false)
        {
            spelled.append(letter, vocabulary: vocabulary)
        } else {
            endSpelled()
        }
        digits.match(in: vocabulary) { [hits, place] in hits.append($0, at: place, next: place + 1) }
        digits.removeAll()
        place += 1
    }

    // MARK: Letters that stand alone

    private mutating func endSpelled() {
        spelled.end(in: vocabulary) { [hits, next = place] in hits.append($0, at: max(0, next - 1), next: next) }
    }
}
