/// Numbers in 0…1 as bytes.
enum RoundedBytes {
    /// Writes the nearest bytes; 0 and 255 for what is beyond them.
    ///
    /// - Returns: Whether all numbers are finite.
    static func write(_ source: UnsafePointer<Float>, _ count: Int, to target: UnsafeMutablePointer<UInt8>) -> Bool {
        var misfits: UInt32 = 0
        for index in 0..<count {
            let value = source[index]
            // An exponent of ones only becomes a sign.
            misfits |= (value.bitPattern & 0x7F80_0000) &+ 0x0080_0000
            let scaled = value * 255
            let positive = scaled > 0 ? scaled : 0
            let held = positive < 255 ? positive : 255
            // A float of 2²³ has no place for a fraction: the sum's last bits are the nearest integer.
            target[index] = UInt8(truncatingIfNeeded: (held + 8_388_608).bitPattern)
        }
        return misfits >> 31 == 0
    }
}
