/// Letters that may be one word, taken in one after the other.
///
/// There may be any number of them: no more is kept than the longest word that could be found needs.
struct WordReading: ~Copyable {
    /// How many letters have been taken in, and what has to be known of the last ones.
    struct Progress {
        fileprivate(set) var count = 0
        /// How many there are when each run of a letter is taken once.
        fileprivate var squeezedCount = 0
        fileprivate var last: UInt32 = 0
        /// How long the run of the last letter is.
        fileprivate var run = 0
        /// Whether a letter came three times or more in a row.
        fileprivate var isRepeated = false
    }

    private(set) var progress = Progress()
    private var letters = CharacterBuffer()
    private var squeezed = CharacterBuffer()

    /// The number of letters.
    var count: Int { progress.count }

    /// The first letter; nil when there is none.
    var first: UInt32? { count > 0 ? letters[0] : nil }

    /// Takes in a letter.
    mutating func append(_ letter: UInt32) {
        if progress.count > 0, letter == progress.last {
            progress.run += 1
        } else {
            progress.run = 1
            progress.squeezedCount += 1
            squeezed.append(letter)
        }
        if progress.run >= 3 { progress.isRepeated = true }
        progress.last = letter
        progress.count += 1
        letters.append(letter)
    }

    /// Goes back to where it was: drops the letters that came since.
    mutating func restore(_ progress: Progress) {
        self.progress = progress
        letters.truncate(to: progress.count)
        squeezed.truncate(to: progress.squeezedCount)
    }

    /// Drops all letters.
    mutating func removeAll() { restore(Progress()) }

    /// Calls `body` with every word that the letters are as they stand.
    func match(in vocabulary: Vocabulary, _ body: (Vocabulary.Word) -> Void) {
        vocabulary.match(letters, isWhole: isWhole, body)
    }

    /// Calls `body` with every word that the letters are as they stand; where there is none, as two words, and where
    /// these are none, with repeated letters taken once.
    func matchAll(in vocabulary: Vocabulary, _ body: (Vocabulary.Word) -> Void) {
        var isFound = false
        func found(_ word: Vocabulary.Word) {
            isFound = true
            body(word)
        }
        match(in: vocabulary, found)
        if !isFound, isWhole { vocabulary.matchCompound(letters, found) }
        guard !isFound, progress.isRepeated else { return }
        vocabulary.matchSqueezed(squeezed, isWhole: progress.squeezedCount <= CharacterBuffer.capacity, found)
    }

    /// Whether all letters are kept. No word or pair of words is as long as what is not.
    private var isWhole: Bool { progress.count <= CharacterBuffer.capacity }
}
