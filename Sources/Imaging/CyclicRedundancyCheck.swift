/// CRC-32 as PNG's chunks have it (ISO 3309).
func cyclicRedundancyCheck(_ bytes: ArraySlice<UInt8>) -> Int {
    var remainder: UInt32 = 0xFFFF_FFFF
    for byte in bytes {
        remainder ^= UInt32(byte)
        for _ in 0..<8 { remainder = remainder & 1 == 1 ? remainder >> 1 ^ 0xEDB8_8320 : remainder >> 1 }
    }
    return Int(~remainder)
}
