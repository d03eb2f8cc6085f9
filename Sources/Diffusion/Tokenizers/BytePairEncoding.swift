/// Byte-level byte-pair encoding with a suffix at the end of words, as CLIP uses it.
///
/// A word's bytes are joined pair by pair, the pair that was learnt first before all others, the leftmost first.
/// With a heap of pairs the time is n·log n in the length of the word.
///
/// Paper: Sennrich et al., Neural Machine Translation of Rare Words with Subword Units,
/// https://arxiv.org/abs/1508.07909. Source: `Word::merge_all` in huggingface/tokenizers,
/// `tokenizers/src/models/bpe/word.rs`.
struct BytePairEncoding: Sendable {
    private struct Merge: Sendable {
        let rank: UInt32
        let result: Int32
    }

    private struct Pair: Hashable, Sendable {
        let left: Int32
        let right: Int32
    }

    /// The token of each byte inside a word, and at its end.
    private let inner: [Int32]
    private let last: [Int32]
    private let merges: [Pair: Merge]

    /// What stands at the end of every token that ends a word.
    static let endOfWord = "</w>"

    /// Prepares an encoding.
    ///
    /// - Parameters:
    ///   - vocabulary: The tokens' numbers.
    ///   - merges: The pairs in the order they were learnt.
    ///   - unknown: The number for bytes that the vocabulary lacks.
    ///   - file: The file of the merges, for errors.
    init(
        vocabulary: Vocabulary, merges: [(left: String, right: String)], unknown: Int32, file: String
    ) throws(TokenizerError) {
        inner = (0...255).map { vocabulary[String(Self.visible($0))] ?? unknown }
        last = (0...255).map { vocabulary[String(Self.visible($0)) + Self.endOfWord] ?? unknown }
        // Without any, every byte of a prompt would be a token.
        guard !merges.isEmpty else { throw .malformed(file: file, problem: "it has no merges") }
        guard merges.count < Int(UInt32.max) else { throw .malformed(file: file, problem: "it has too many merges") }
        var table: [Pair: Merge] = [:]
        table.reserveCapacity(merges.count)
        for (rank, merge) in merges.enumerated() {
            guard let left = vocabulary[merge.left], let right = vocabulary[merge.right],
                let result = vocabulary[merge.left + merge.right]
            else {
                let pair = "\(merge.left) \(merge.right)".debugDescription
                throw .malformed(file: file, problem: "the merge \(pair), number \(rank), is not in the vocabulary")
            }
            table[Pair(left: left, right: right)] = Merge(rank: UInt32(rank), result: result)
        }
        self.merges = table
    }

    /// The character that stands for a byte: itself where it can be seen, or one from U+0100 on.
    ///
    /// Source: `bytes_to_unicode` in OpenAI's GPT-2.
    static func visible(_ byte: UInt8) -> Character {
        switch byte {
        case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF: return Character(Unicode.Scalar(byte))
        default: break
        }
        let hidden: UInt32 =
            switch byte {
            case 0...0x20: UInt32(byte)
            case 0x7F...0xA0: 0x21 + UInt32(byte) - 0x7F
            default: 0x43
            }
        return Unicode.Scalar(0x100 + hidden).map(Character.init) ?? "?"
    }

    /// Appends the tokens of one word.
    func encode(_ word: [UInt8], into tokens: inout [Int32]) {
        guard let end = word.last else { return }
        var symbols = Symbols(word.dropLast().map { inner[Int($0)] } + [last[Int(end)]])
        var queue = MergeQueue()
        func push(_ position: Int) {
            guard let pair = symbols.pair(at: position),
                let merge = merges[Pair(left: pair.left, right: pair.right)]
            else { return }
            queue.push(MergeQueue.Entry(rank: merge.rank, position: UInt32(position), result: merge.result))
        }
        for position in word.indices { push(position) }
        while let entry = queue.pop() {
            let position = Int(entry.position)
            // An entry is out of date when its pair has become another one since.
            guard let pair = symbols.pair(at: position),
                merges[Pair(left: pair.left, right: pair.right)]?.result == entry.result
            else { continue }
            symbols.merge(at: position, into: entry.result)
            if let previous = symbols.previous(of: position) { push(previous) }
            push(position)
        }
        symbols.append(to: &tokens)
    }
}

/// The tokens of a word while they are being joined: a list in which a token knows its neighbours.
private struct Symbols {
    private var ids: [Int32]
    private var next: [Int32]
    private var previous: [Int32]

    init(_ ids: [Int32]) {
        self.ids = ids
        let count = Int32(ids.count)
        next = (0..<count).map { $0 + 1 < count ? $0 + 1 : -1 }
        previous = (0..<count).map { $0 - 1 }
    }

    /// The token at a position and its right neighbour; nil at the end, and where a token was joined to its left.
    func pair(at position: Int) -> (left: Int32, right: Int32)? {
        guard ids[position] >= 0, next[position] >= 0 else { return nil }
        return (ids[position], ids[Int(next[position])])
    }

    func previous(of position: Int) -> Int? { previous[position] >= 0 ? Int(previous[position]) : nil }

    mutating func merge(at position: Int, into result: Int32) {
        let right = Int(next[position])
        ids[position] = result
        ids[right] = -1
        next[position] = next[right]
        if next[right] >= 0 { previous[Int(next[right])] = Int32(position) }
    }

    func append(to tokens: inout [Int32]) {
        for id in ids where id >= 0 { tokens.append(id) }
    }
}

/// A heap of possible merges: the one that was learnt first comes first, the leftmost of equals.
private struct MergeQueue {
    struct Entry {
        let rank: UInt32
        let position: UInt32
        let result: Int32

        func precedes(_ other: Entry) -> Bool { (rank, position) < (other.rank, other.position) }
    }

    private var entries: [Entry] = []

    mutating func push(_ entry: Entry) {
        entries.append(entry)
        var child = entries.count - 1
        while child > 0, case let parent = (child - 1) / 2, entries[child].precedes(entries[parent]) {
            entries.swapAt(child, parent)
            child = parent
        }
    }

    mutating func pop() -> Entry? {
        guard let first = entries.first, let last = entries.popLast() else { return nil }
        guard !entries.isEmpty else { return first }
        entries[0] = last
        var parent = 0
        while case let left = 2 * parent + 1, left < entries.count {
            let right = left + 1
            let child = right < entries.count && entries[right].precedes(entries[left]) ? right : left
            guard entries[child].precedes(entries[parent]) else { break }
            entries.swapAt(child, parent)
            parent = child
        }
        return first
    }
}
