extension Span<UInt8> {
    /// The four bytes at an offset as a number, most significant first.
    func bigEndian(at offset: Int) -> Int {
        (0..<4).reduce(0) { $0 << 8 | Int(self[offset + $1]) }
    }

    /// The four bytes at an offset as a number, least significant first.
    func littleEndian(at offset: Int) -> Int {
        (0..<4).reversed().reduce(0) { $0 << 8 | Int(self[offset + $1]) }
    }

    /// Whether these characters are at an offset.
    func holds(_ text: StaticString, at offset: Int) -> Bool {
        guard offset >= 0, offset + text.utf8CodeUnitCount <= count else { return false }
        for index in 0..<text.utf8CodeUnitCount where self[offset + index] != text.utf8Start[index] { return false }
        return true
    }
}
