/// Bytes as they look inside Base64 of something longer.
enum Base64Windows {
    /// The three ways that `bytes` can look, as they begin at the first, second or third byte of a group of three;
    /// without the characters at either end, in which neighbours have a part.
    static func all(of bytes: [UInt8], forAddresses: Bool = false) -> [[UInt8]] {
        let alphabet =
            Array(
                "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8)
            + Array((forAddresses ? "-_" : "+/").utf8)
        return (0..<3).map { shift in
            let bits = 8 * (shift + bytes.count)
            let first = (8 * shift + 5) / 6
            return (first..<bits / 6).map { index in
                let bit = 6 * index - 8 * shift
                let high = UInt16(bytes[bit / 8]) << 8
                let low = bit / 8 + 1 < bytes.count ? UInt16(bytes[bit / 8 + 1]) : 0
                return alphabet[Int((high | low) >> (10 - bit % 8)) & 63]
            }
        }
    }
}
