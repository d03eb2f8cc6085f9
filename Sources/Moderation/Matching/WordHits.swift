import Privacy

/// Which words of a vocabulary a prompt has, and where; overwritten when it goes.
final class WordHits {
    /// A word at a place, and the place of what follows it: one that was read together takes several.
    struct Hit {
        let place: Int32
        let next: Int32
        let word: Vocabulary.Word
    }

    /// In the order of their places, once it is finished.
    private(set) var all: [Hit] = []

    /// How many places the prompt has.
    private(set) var placeCount = 0

    /// The index of the first hit at a place, or after it.
    private var first: [Int] = []

    deinit {
        all.withUnsafeMutableBytes { if let base = $0.baseAddress { eraseMemory(base, count: $0.count) } }
    }

    var count: Int { all.count }

    var isEmpty: Bool { all.isEmpty }

    func append(_ word: Vocabulary.Word, at place: Int32, next: Int32) {
        all.append(Hit(place: place, next: next, word: word))
    }

    /// Puts everything in order, so that it can be asked for by place.
    func finish(placeCount: Int) {
        self.placeCount = placeCount
        all.sort { $0.place < $1.place }
        first = [Int](repeating: all.count, count: placeCount + 1)
        for index in all.indices.reversed() { first[Int(all[index].place)] = index }
    }

    /// The place of what follows words in a row from a place on, or nil when they are not there.
    func end(of words: ArraySlice<Vocabulary.Word>, from place: Int) -> Int? {
        guard let word = words.first else { return place }
        guard place < placeCount else { return nil }
        var index = first[place]
        while index < all.count, Int(all[index].place) == place {
            if all[index].word == word, let end = end(of: words.dropFirst(), from: Int(all[index].next)) { return end }
            index += 1
        }
        return nil
    }
}
