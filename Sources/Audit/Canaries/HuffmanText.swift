/// Text as HTTP/2 compresses header fields (RFC 7541, appendix B), inside something longer.
enum HuffmanText {
    /// The codes of the characters that canaries are made of: digits and small letters without vowels.
    private static let codes: [Character: String] = [
        "0": "00000", "1": "00001", "2": "00010", "3": "011001", "4": "011010", "5": "011011", "6": "011100",
        "7": "011101", "8": "011110", "9": "011111", "b": "100011", "c": "00100", "d": "100100", "f": "100101",
        "g": "100110", "h": "100111", "j": "1110100", "k": "1110101", "l": "101000", "m": "101001", "n": "101010",
        "p": "101011", "q": "1110110", "r": "101100", "s": "01000", "t": "01001", "v": "1110111", "w": "1111000",
        "x": "1111001", "z": "1111011",
    ]

    /// The eight ways that a text can look, as it begins at any bit of a byte; without the bytes at either end, in which
    /// neighbours have a part. None when there are other characters in it.
    static func all(of text: String) -> [[UInt8]] {
        let known = text.compactMap { codes[$0] }
        guard known.count == text.count else { return [] }
        let bits: [UInt8] = known.joined().utf8.map { $0 == UInt8(ascii: "1") ? 1 : 0 }
        return (0..<8).map { first in bytes(of: bits[first...]) }
    }

    private static func bytes(of bits: ArraySlice<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        for start in stride(from: bits.startIndex, through: bits.endIndex - 8, by: 8) {
            bytes.append(bits[start..<start + 8].reduce(0) { $0 << 1 | $1 })
        }
        return bytes
    }
}
