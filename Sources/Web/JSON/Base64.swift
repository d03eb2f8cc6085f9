package import Privacy

/// A reader of Base64 (RFC 4648, sections 4 and 5) as clients write it: with white space, without padding or with too
/// much of it, with the digits for addresses, and percent-encoded in an address.
package enum Base64 {
    /// Decodes `range` of `text` into memory that is overwritten when it goes; nil when it is not Base64.
    ///
    /// - Parameter isAddress: Whether the text is part of an address, in which `%2B` stands for `+`.
    package static func decode(
        _ range: Range<Int>, of text: Span<UInt8>, isAddress: Bool = false
    ) -> SecretBytes? {
        guard let digits = countDigits(range, of: text, isAddress) else { return nil }
        var secret = SecretBytes(count: digits / 4 * 3 + max(0, digits % 4 - 1))
        secret.withMutableBytes { target in
            var group: UInt32 = 0
            var bits = 0
            var written = 0
            _ = forEachByte(range, of: text, isAddress) { byte in
                let digit = values[Int(byte)]
                guard digit < 64 else { return true }
                group = group << 6 | UInt32(digit)
                bits += 6
                if bits >= 8 {
                    bits -= 8
                    target[written] = UInt8(truncatingIfNeeded: group >> bits)
                    written += 1
                }
                return true
            }
        }
        return secret
    }

    /// The number of digits; nil when something else is among them or their number is not possible.
    private static func countDigits(_ range: Range<Int>, of text: Span<UInt8>, _ isAddress: Bool) -> Int? {
        var digits = 0
        var isPadded = false
        let isSound = forEachByte(range, of: text, isAddress) { byte in
            switch values[Int(byte)] {
            case 0..<64:
                digits += 1
                return !isPadded
            case Self.padding:
                isPadded = true
                return true
            case whitespace: return true
            default: return false
            }
        }
        return isSound && digits % 4 != 1 ? digits : nil
    }

    /// Hands on bytes, decoded if they are an address's, as long as `body` returns true; false when it did not, or when
    /// an escape is none.
    private static func forEachByte(
        _ range: Range<Int>, of text: Span<UInt8>, _ isAddress: Bool, _ body: (UInt8) -> Bool
    ) -> Bool {
        var index = range.lowerBound
        while index < range.upperBound {
            var byte = text[index]
            index += 1
            if isAddress, byte == UInt8(ascii: "%") {
                guard range.upperBound - index >= 2, let high = hexDigit(text[index]),
                    let low = hexDigit(text[index + 1])
                else { return false }
                byte = high << 4 | low
                index += 2
            }
            guard body(byte) else { return false }
        }
        return true
    }

    private static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "A")...UInt8(ascii: "F"), UInt8(ascii: "a")...UInt8(ascii: "f"):
            (byte | 0x20) - UInt8(ascii: "a") + 10
        default: nil
        }
    }

    private static let padding: UInt8 = 64
    private static let whitespace: UInt8 = 65

    /// What each byte means: a digit's value, or one of the above, or 255.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 255, count: 256)
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        for (value, digit) in alphabet.utf8.enumerated() { values[Int(digit)] = UInt8(value) }
        values[Int(UInt8(ascii: "-"))] = 62
        values[Int(UInt8(ascii: "_"))] = 63
        values[Int(UInt8(ascii: "="))] = padding
        for byte in " \t\r\n\u{C}".utf8 { values[Int(byte)] = whitespace }
        return values
    }()
}
