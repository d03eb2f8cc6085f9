/// Everything between two gaps as one word, with digits and marks read as the letters that they are written for.
struct GroupReading: ~Copyable {
    private let oneIsL: Bool
    private var word = WordReading()
    /// Whether something was read that stands for i or l.
    private var hasOne = false
    private var isWeight = false
    /// Where the word ends if nothing but punctuation follows.
    private var end: (progress: WordReading.Progress, hasOne: Bool)

    /// Begins a reading.
    ///
    /// - Parameter oneIsL: Whether what stands for i or l stands for l.
    init(oneIsL: Bool) {
        self.oneIsL = oneIsL
        end = (WordReading.Progress(), false)
    }

    /// Takes in a character that is no gap.
    mutating func append(_ value: UInt32, _ kind: CharacterKind) {
        // A weight, as in (word:1.2), is no part of the word.
        isWeight = value == 0x3A || isWeight && (value == 0x2E || kind == .digit)
        if isWeight {
        } else if kind == .letter {
            word.append(value)
        } else if let letter = disguisedLetter(value, oneIsL: oneIsL) {
            hasOne = hasOne || letter == (oneIsL ? 0x6C : 0x69)
            word.append(letter)
        }
        // At the end a mark is punctuation more often than a letter, but for $ and @.
        if kind != .mark || value == 0x24 || value == 0x40 { end = (word.progress, hasOne) }
    }

    /// Calls `body` with every word that the characters are; never where the other choice for i and l says the same.
    mutating func matchAll(in vocabulary: Vocabulary, _ body: (Vocabulary.Word) -> Void) {
        word.restore(end.progress)
        if word.count > 1, end.hasOne || !oneIsL { word.matchAll(in: vocabulary, body) }
    }

    /// Drops all characters.
    mutating func removeAll() {
        word.removeAll()
        (hasOne, isWeight) = (false, false)
        end = (word.progress, false)
    }
}
