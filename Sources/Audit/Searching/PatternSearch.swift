/// Finds thousands of patterns in one pass.
///
/// Eight bytes of each pattern are its anchor. A word of memory is looked up only when a table of bits, small enough
/// for the processor's cache, says that an anchor may look like it; stretches of zeros are passed over.
struct PatternSearch: Sendable {
    /// The fewest bytes that a pattern may have.
    static let shortest = 8

    private static let indexBits: UInt64 = 20

    /// The patterns.
    let patterns: [Pattern]

    /// The length of the longest pattern.
    let longest: Int

    private let anchors: [UInt64: [(pattern: Int, offset: Int)]]
    private let filter: [UInt64]

    init(_ patterns: [Pattern]) {
        var anchors: [UInt64: [(pattern: Int, offset: Int)]] = [:]
        var filter = [UInt64](repeating: 0, count: 1 << (Self.indexBits - 6))
        var seen: Set<[UInt8]> = []
        for (index, pattern) in patterns.enumerated() where seen.insert(pattern.bytes).inserted {
            let offset = Self.anchorOffset(in: pattern.bytes)
            let anchor = pattern.bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: UInt64.self) }
            anchors[anchor, default: []].append((index, offset))
            let slot = Self.slot(of: anchor)
            filter[slot >> 6] |= 1 << UInt64(slot & 63)
        }
        self.patterns = patterns
        longest = patterns.map(\.bytes.count).max() ?? 0
        self.anchors = anchors
        self.filter = filter
    }

    /// Tells each place in `bytes` where a pattern lies, and which.
    func search(_ bytes: UnsafeRawBufferPointer, _ found: (_ pattern: Int, _ offset: Int) -> Void) {
        guard let base = bytes.baseAddress, bytes.count >= Self.shortest else { return }
        let last = bytes.count - 8
        filter.withUnsafeBufferPointer { filter in
            var position = 0
            while position <= last {
                let word = base.loadUnaligned(fromByteOffset: position, as: UInt64.self)
                if word == 0 {
                    // No anchor is all zeros, so none begins here; of 32 zeros, none begins in the first 25.
                    position += position + 32 <= bytes.count && Self.isZero(base + position + 8) ? 25 : 1
                    continue
                }
                let slot = Self.slot(of: word)
                if filter[slot >> 6] >> UInt64(slot & 63) & 1 != 0 { confirm(word, at: position, in: bytes, found) }
                position += 1
            }
        }
    }

    private func confirm(
        _ word: UInt64, at position: Int, in bytes: UnsafeRawBufferPointer, _ found: (Int, Int) -> Void
    ) {
        for (index, offset) in anchors[word] ?? [] {
            let pattern = patterns[index].bytes
            let start = position - offset
            guard start >= 0, start + pattern.count <= bytes.count else { continue }
            if bytes[start..<start + pattern.count].elementsEqual(pattern) { found(index, start) }
        }
    }

    /// Whether 24 bytes are zero.
    private static func isZero(_ pointer: UnsafeRawPointer) -> Bool {
        pointer.loadUnaligned(as: UInt64.self) | pointer.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
            | pointer.loadUnaligned(fromByteOffset: 16, as: UInt64.self) == 0
    }

    private static func slot(of word: UInt64) -> Int {
        Int(truncatingIfNeeded: (word &* 0x9E37_79B9_7F4A_7C15) >> (64 - indexBits))
    }

    /// Where a pattern has eight bytes that are as different as any.
    private static func anchorOffset(in pattern: [UInt8]) -> Int {
        precondition(pattern.count >= shortest, "a pattern of \(pattern.count) bytes is too short")
        precondition(pattern.contains { $0 != 0 }, "a pattern of zeros is everywhere")
        var best = (offset: 0, different: 0)
        for offset in 0...pattern.count - 8 {
            let different = Set(pattern[offset..<offset + 8].lazy.filter { $0 != 0 }).count
            if different > best.different { best = (offset, different) }
        }
        return best.offset
    }
}
