extension Canary {
    /// The canary's text and seed in every form that they are searched for in.
    var textPatterns: [(CanaryForm, [UInt8])] {
        var patterns: [(CanaryForm, [UInt8])] = []
        for word in words {
            let units = Array(word.utf8)
            patterns.append((.plain, units))
            patterns.append((.utf16LittleEndian, units.flatMap { [$0, 0] }))
            patterns.append((.utf16BigEndian, units.flatMap { [0, $0] }))
            patterns.append((.utf32LittleEndian, units.flatMap { [$0, 0, 0, 0] }))
            patterns.append((.utf32BigEndian, units.flatMap { [0, 0, 0, $0] }))
            patterns.append((.hexadecimal, Self.hexadecimal(units, "0123456789abcdef")))
            patterns.append((.hexadecimal, Self.hexadecimal(units, "0123456789ABCDEF")))
        }
        let utf8 = Array(ideographs.utf8)
        let utf16 = Array(ideographs.utf16)
        patterns.append((.plain, utf8))
        patterns.append((.utf16LittleEndian, utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }))
        patterns.append((.utf16BigEndian, utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }))
        for digits in ["0123456789abcdef", "0123456789ABCDEF"] {
            let escaped = utf16.flatMap { unit in
                Array("\\u".utf8) + Self.hexadecimal([UInt8(unit >> 8), UInt8(unit & 255)], digits)
            }
            patterns.append((.jsonEscaped, escaped))
            let percent = utf8.flatMap { [UInt8(ascii: "%")] + Self.hexadecimal([$0], digits) }
            patterns.append((.percentEncoded, percent))
        }
        patterns.append((.formEncoded, Array("\(words[0].suffix(6))+\(words[1].prefix(6))".utf8)))
        patterns += Base64Windows.all(of: Array(words.joined(separator: " ").utf8)).map { (.base64, $0) }
        let standard = Base64Windows.all(of: utf8)
        patterns += standard.map { (.base64, $0) }
        patterns += Base64Windows.all(of: utf8, forAddresses: true).filter { !standard.contains($0) }
            .map { (.base64URL, $0) }
        patterns += HuffmanText.all(of: words.joined()).map { (.huffman, $0) }
        patterns += HuffmanText.all(of: "\(seed)").map { (.huffman, $0) }
        patterns += seedPatterns
        return patterns
    }

    private var seedPatterns: [(CanaryForm, [UInt8])] {
        [
            (.seedNumber, withUnsafeBytes(of: seed.littleEndian) { Array($0) }),
            (.seedText, Array("\(seed)".utf8)),
        ]
    }

    private static func hexadecimal(_ bytes: [UInt8], _ digits: String) -> [UInt8] {
        let digits = Array(digits.utf8)
        return bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    }
}
