extension [UInt8] {
    /// Appends the last `count` bytes of a number, most significant first.
    mutating func appendBigEndian(_ value: Int, count: Int) {
        for index in (0..<count).reversed() { append(UInt8(truncatingIfNeeded: value >> (8 * index))) }
    }

    /// Appends the last `count` bytes of a number, least significant first.
    mutating func appendLittleEndian(_ value: Int, count: Int) {
        for index in 0..<count { append(UInt8(truncatingIfNeeded: value >> (8 * index))) }
    }

    /// Writes the last four bytes of a number at an offset, least significant first.
    mutating func setLittleEndian(_ value: Int, at offset: Int) {
        for index in 0..<4 { self[offset + index] = UInt8(truncatingIfNeeded: value >> (8 * index)) }
    }
}
