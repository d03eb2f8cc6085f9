import Privacy

/// A few characters of a prompt, in memory that is overwritten when it goes.
struct CharacterBuffer: ~Copyable {
    /// The most characters that are held; longer words than this mean nothing.
    static let capacity = 128

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

    /// Drops the last character.
    mutating func removeLast() { count -= 1 }

    /// Makes it empty; the memory is used again.
    mutating func removeAll() { count = 0 }
}
