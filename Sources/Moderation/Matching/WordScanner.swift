import Privacy

/// Finds a vocabulary's words in a prompt, however they are written.
///
/// Words are runs of letters and runs of digits between anything else, and have places counted from 0. Beside what is
/// there, these readings are tried: words with a letter three times or more in a row without its repetitions; everything between two
/// gaps as one word, with digits and marks read as the letters that they are written for (`ch1ld`, `nu-de`); letters
/// that stand alone taken together (`c h i l d`); two words without a gap between. The time is proportional to the
/// prompt's length, because the words that are looked at are bounded in length.
struct WordScanner: ~Copyable {
    private let vocabulary: Vocabulary
    private let hits = WordHits()
    private var place: Int32 = 0
    private var group = CharacterBuffer()
    private var reading = CharacterBuffer()
    private var spelled = CharacterBuffer()

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
            if CharacterKind(value) == .gap {
                endGroup()
            } else {
                if group.isFull { endGroup() }
                group.append(value)
            }
        }
    }

    // MARK: Groups: what is between two gaps

    private mutating func endGroup() {
        guard group.count > 0 else { return }
        let first = place
        var runs = 0
        var start = 0
        while start < group.count {
            let kind = CharacterKind(group[start])
            var end = start + 1
            while end < group.count, CharacterKind(group[end]) == kind { end += 1 }
            switch kind {
            case .letter: lookUpLetters(start..<end)
            case .digit: lookUpDigits(start..<end)
            case .mark, .gap: break
            }
            runs += 1
            start = end
        }
        if runs > 1 {
            readTogether(at: first, oneIsL: false)
            readTogether(at: first, oneIsL: true)
        }
        group.removeAll()
    }

    private mutating func lookUpLetters(_ range: Range<Int>) {
        if range.count == 1 {
            if spelled.isFull { endSpelled() }
            spelled.append(group[range.lowerBound])
            vocabulary.match(group, range) { [hits, place] in hits.append($0, at: place, next: place + 1) }
        } else {
            endSpelled()
            reading.removeAll()
            for index in range { reading.append(group[index]) }
            lookUpReading(at: place, next: place + 1)
        }
        place += 1
    }

    private mutating func lookUpDigits(_ range: Range<Int>) {
        if range.count == 1, spelled.count > 0, let letter = disguisedLetter(group[range.lowerBound], oneIsL: false) {
            spelled.append(letter)
        } else {
            endSpelled()
        }
        vocabulary.match(digits: group, range) { [hits, place] in hits.append($0, at: place, next: place + 1) }
        place += 1
    }

    /// Reads the group as one word.
    private mutating func readTogether(at place: Int32, oneIsL: Bool) {
        reading.removeAll()
        var hasOne = false
        // At the end a mark is punctuation more often than a letter, but for these.
        var end = group.count
        while end > 0, CharacterKind(group[end - 1]) == .mark, !["$", "@"].contains(Unicode.Scalar(group[end - 1])) {
            end -= 1
        }
        var isWeight = false
        for index in 0..<end {
            let value = group[index]
            // A weight, as in (word:1.2), is no part of the word.
            isWeight = value == 0x3A || isWeight && (value == 0x2E || CharacterKind(value) == .digit)
            if isWeight { continue }
            if CharacterKind(value) == .letter {
                reading.append(value)
            } else if let letter = disguisedLetter(value, oneIsL: oneIsL) {
                hasOne = hasOne || letter == (oneIsL ? 0x6C : 0x69)
                reading.append(letter)
            }
        }
        if reading.count > 1, hasOne || !oneIsL { lookUpReading(at: place, next: self.place) }
    }

    // MARK: Readings

    /// Looks up the reading as it is, as two words, and with repeated letters taken once.
    private mutating func lookUpReading(at place: Int32, next: Int32) {
        let before = hits.count
        let all = 0..<reading.count
        vocabulary.match(reading, all) { [hits] in hits.append($0, at: place, next: next) }
        guard hits.count == before else { return }
        vocabulary.matchCompound(reading, all) { [hits] in hits.append($0, at: place, next: next) }
        if hits.count == before, let squeezed = squeezed() {
            vocabulary.matchSqueezed(squeezed, 0..<squeezed.count) { [hits] in hits.append($0, at: place, next: next) }
        }
    }

    /// The reading with every run of a letter taken once; nil when no run has three letters or more.
    private func squeezed() -> CharacterBuffer? {
        var isRepeated = false
        var kept = CharacterBuffer()
        for index in 0..<reading.count {
            if index >= 2, reading[index] == reading[index - 1], reading[index] == reading[index - 2] {
                isRepeated = true
            }
            if index == 0 || reading[index] != reading[index - 1] { kept.append(reading[index]) }
        }
        guard isRepeated else { return nil }
        return kept
    }

    // MARK: Letters that stand alone

    private mutating func endSpelled() {
        guard spelled.count > 0 else { return }
        if spelled.count >= 3 {
            let place = max(0, place - 1)
            vocabulary.matchSpelled(spelled) { [hits, next = self.place] in hits.append($0, at: place, next: next) }
        }
        spelled.removeAll()
    }
}
