package import Privacy

/// A reader of Base64 (RFC 4648, section 4) that tolerates white space and missing padding, and nothing else.
package enum Base64 {
    /// Decodes `range` of `text` into memory that is overwritten when it goes; nil when it is not Base64.
    package static func decode(_ range: Range<Int>, of text: Span<UInt8>) -> SecretBytes? {
        guard let digits = countDigits(range, of: text) else { return nil }
        var secret = SecretBytes(count: digits / 4 * 3 + max(0, digits % 4 - 1))
        secret.withMutableBytes { target in
            var group: UInt32 = 0
            var bits = 0
            var written = 0
            for index in range {
                let digit = values[Int(text[index])]
                guard digit < 64 else { continue }
                group = group << 6 | UInt32(digit)
                bits += 6
                if bits >= 8 {
                    bits -= 8
                    target[written] = UInt8(truncatingIfNeeded: group >> bits)
                    written += 1
                }
            }
        }
        return secret
    }

    /// The number of digits; nil when something else is among them or their number is not possible.
    private static func countDigits(_ range: Range<Int>, of text: Span<UInt8>) -> Int? {
        var digits = 0
        var padding = 0
        for index in range {
            switch values[Int(text[index])] {
            case 0..<64:
                guard padding == 0 else { return nil }
                digits += 1
            case Self.padding: padding += 1
            case whitespace: continue
            default: return nil
            }
        }
        let isWhole = padding == 0 || (padding <= 2 && (digits + padding).isMultiple(of: 4))
        return digits % 4 != 1 && isWhole ? digits : nil
    }

    private static let padding: UInt8 = 64
    private static let whitespace: UInt8 = 65

    /// What each byte means: a digit's value, or one of the above, or 255.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 255, count: 256)
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        for (value, digit) in alphabet.utf8.enumerated() { values[Int(digit)] = UInt8(value) }
        values[Int(UInt8(ascii: "="))] = padding
        for byte in " \t\r\n".utf8 { values[Int(byte)] = whitespace }
        return values
    }()
}
