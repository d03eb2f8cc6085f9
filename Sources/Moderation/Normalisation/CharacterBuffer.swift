import Privacy

/// The first characters of a run of a prompt's characters, in memory that is overwritten when it goes.
struct CharacterBuffer: ~Copyable {
    /// The most characters that are held: two of a policy's longest words, which may be written together.
    static let capacity = 2 * PolicyParser.maximumWordLength

    private(set) var count = 0
    private var memory = SecretBytes(count: capacity * 4)

    var isFull: Bool { count == Self.capacity }

    subscript(index: Int) -> UInt32 {
        precondition(index >= 0 && index < count, "there are \(count) characters")
        return memory.withUnsafeBytes {
            UnsafeRawBufferPointer($0).loadUnaligned(fromByteOffset: index * 4, as: UInt32.self)
        }
    }

    /// Appends a character; without effect when it is full.
    mutating func append(_ value: UInt32) {
        guard !isFull else { return }
        memory.withUnsafeMutableBytes {
            UnsafeMutableRawBufferPointer($0).storeBytes(of: value, toByteOffset: count * 4, as: UInt32.self)
        }
        count += 1
    }

    /// Drops all characters but the first `count`; the memory is used again.
    mutating func truncate(to count: Int) { self.count = min(self.count, max(0, count)) }

    /// Makes it empty; the memory is used again.
    mutating func removeAll() { count = 0 }
}
