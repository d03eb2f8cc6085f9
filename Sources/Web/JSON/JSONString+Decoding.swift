package import Privacy

extension JSONString {
    /// The scalar that an escape means, and the escape's length; `offset` is that of the backslash.
    static func escape(
        at offset: Int, in bytes: Span<UInt8>
    ) throws(JSONError) -> (scalar: Unicode.Scalar, length: Int) {
        guard offset + 1 < bytes.count else { throw .endsEarly }
        switch bytes[offset + 1] {
        case UInt8(ascii: "\""): return ("\"", 2)
        case UInt8(ascii: "\\"): return ("\\", 2)
        case UInt8(ascii: "/"): return ("/", 2)
        case UInt8(ascii: "b"): return ("\u{8}", 2)
        case UInt8(ascii: "f"): return ("\u{C}", 2)
        case UInt8(ascii: "n"): return ("\n", 2)
        case UInt8(ascii: "r"): return ("\r", 2)
        case UInt8(ascii: "t"): return ("\t", 2)
        case UInt8(ascii: "u"):
            let high = try codeUnit(at: offset, in: bytes)
            if let scalar = Unicode.Scalar(high) { return (scalar, 6) }
            guard high < 0xDC00, offset + 6 < bytes.count, bytes[offset + 6] == UInt8(ascii: "\\") else {
                throw .badEscape(offset: offset)
            }
            let low = try codeUnit(at: offset + 6, in: bytes)
            guard case 0xDC00...0xDFFF = low,
                let scalar = Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
            else { throw .badEscape(offset: offset) }
            return (scalar, 12)
        default: throw .badEscape(offset: offset)
        }
    }

    /// The UTF-16 code unit of the `\uXXXX` at an offset.
    private static func codeUnit(at offset: Int, in bytes: Span<UInt8>) throws(JSONError) -> UInt32 {
        guard offset + 5 < bytes.count, bytes[offset + 1] == UInt8(ascii: "u") else {
            throw .badEscape(offset: offset)
        }
        var unit: UInt32 = 0
        for index in offset + 2..<offset + 6 {
            let digit = UInt32(bytes[index])
            switch bytes[index] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): unit = unit << 4 | (digit - 0x30)
            case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"):
                unit = unit << 4 | ((digit | 0x20) - 0x57)
            default: throw .badEscape(offset: offset)
            }
        }
        return unit
    }

    /// Decodes into memory that is overwritten when it goes.
    package func secretBytes(in bytes: Span<UInt8>) throws(JSONError) -> SecretBytes {
        var secret = SecretBytes(count: decodedCount)
        try secret.withMutableBytes { (target) throws(JSONError) in
            var written = 0
            try forEachByte(in: bytes) { byte in
                target[written] = byte
                written += 1
            }
        }
        return secret
    }

    /// Decodes into an ordinary string, for names and words that are no secret.
    func text(in bytes: Span<UInt8>) throws(JSONError) -> String {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(decodedCount)
        try forEachByte(in: bytes) { decoded.append($0) }
        return String(decoding: decoded, as: UTF8.self)
    }

    private func forEachByte(in bytes: Span<UInt8>, _ body: (UInt8) -> Void) throws(JSONError) {
        var offset = range.lowerBound
        while offset < range.upperBound {
            if bytes[offset] == UInt8(ascii: "\\") {
                let (scalar, length) = try Self.escape(at: offset, in: bytes)
                for byte in String(scalar).utf8 { body(byte) }
                offset += length
            } else {
                body(bytes[offset])
                offset += 1
            }
        }
    }
}
