import Privacy

/// Letters that stand alone, taken together: `c h i l d`.
///
/// A word of four letters or more is found wherever it begins, a shorter one where it is all that is spelled out.
struct SpelledLetters: ~Copyable {
    /// The longest word that is found in the middle.
    private static let longest = 24

    private(set) var count = 0
    /// The hashes of what begins at each of the last letters, by the letter's number.
    private var hashes = SecretBytes(count: longest * MemoryLayout<UInt64>.stride)
    private var all = WordHash()
    private var found: [Vocabulary.Word] = []

    /// Takes in a letter.
    mutating func append(_ letter: UInt32, vocabulary: Vocabulary) {
        all.append(letter)
        vocabulary.matchAlone(beginning: all) { Self.keep($0, in: &found) }
        self[count % Self.longest] = WordHash()
        for start in max(0, count - Self.longest + 1)...count {
            var hash = self[start % Self.longest]
            hash.append(letter)
            self[start % Self.longest] = hash
            guard count - start >= 3 else { continue }
            vocabulary.matchAlone(whole: hash) { Self.keep($0, in: &found) }
            vocabulary.matchAlone(beginning: hash) { Self.keep($0, in: &found) }
        }
        count += 1
    }

    /// Calls `body` with every word that was found, and drops all letters and overwrites the words.
    mutating func end(in vocabulary: Vocabulary, _ body: (Vocabulary.Word) -> Void) {
        if count >= 3 {
            vocabulary.matchAlone(whole: all) { Self.keep($0, in: &found) }
            found.forEach(body)
        }
        found.withUnsafeMutableBytes { if let base = $0.baseAddress { eraseMemory(base, count: $0.count) } }
        found.removeAll(keepingCapacity: true)
        (count, all) = (0, WordHash())
    }

    /// Keeps each word once, so that there are no more than the vocabulary has.
    private static func keep(_ word: Vocabulary.Word, in found: inout [Vocabulary.Word]) {
        if !found.contains(word) { found.append(word) }
    }

    private subscript(index: Int) -> WordHash {
        get {
            hashes.withUnsafeBytes {
                UnsafeRawBufferPointer($0).loadUnaligned(fromByteOffset: index * 8, as: WordHash.self)
            }
        }
        set {
            hashes.withUnsafeMutableBytes {
                UnsafeMutableRawBufferPointer($0).storeBytes(of: newValue, toByteOffset: index * 8, as: WordHash.self)
            }
        }
    }
}
