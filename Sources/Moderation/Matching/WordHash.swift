/// A word as a number, grown character by character (FNV-1a, 64 bits), so that no text is kept to compare with.
struct WordHash: Hashable {
    private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

    mutating func append(_ character: UInt32) {
        value = (value ^ UInt64(character)) &* 0x100_0000_01B3
    }
}
