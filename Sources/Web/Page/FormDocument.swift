internal import Privacy

/// The fields of a form as browsers send it (`application/x-www-form-urlencoded`), in memory that is overwritten
/// when it goes.
struct FormDocument: ~Copyable {
    private let bytes: SecretBytes
    private let fields: [String: Range<Int>]

    /// Finds the fields. The first of a name counts.
    init(_ bytes: consuming SecretBytes) throws(WebError) {
        var fields: [String: Range<Int>] = [:]
        bytes.withBytes { span in
            var start = 0
            while start < span.count {
                var end = start
                while end < span.count, span[end] != UInt8(ascii: "&") { end += 1 }
                var equals = start
                while equals < end, span[equals] != UInt8(ascii: "=") { equals += 1 }
                let name = String(decoding: (start..<equals).map { span[$0] }, as: UTF8.self)
                if fields[name] == nil { fields[name] = min(equals + 1, end)..<end }
                start = end + 1
            }
        }
        self.bytes = bytes
        self.fields = fields
    }

    /// A field's text in memory of its own; nil when it is missing or empty.
    func secret(_ name: String) throws(WebError) -> Prompt? {
        guard let range = fields[name], !range.isEmpty else { return nil }
        var prompt: Prompt?
        bytes.withBytes { span in
            guard let decoded = decode(range, of: span) else { return }
            decoded.withBytes { prompt = Prompt(validating: $0) }
        }
        guard prompt != nil else {
            throw WebError.badRequest(.invalidForm, "The form's text is not UTF-8.", parameter: name)
        }
        return prompt
    }

    /// A field as a word or number; nil when it is missing, empty or blank.
    func word(_ name: String) throws(WebError) -> String? {
        guard let prompt = try secret(name) else { return nil }
        guard prompt.utf8Count <= 64 else {
            throw WebError.badRequest(.invalidValue, "'\(name)' is too long.", parameter: name)
        }
        return prompt.isBlank ? nil : prompt.withText { String($0.filter { $0 != " " }) }
    }

    private func decode(_ range: Range<Int>, of span: Span<UInt8>) -> SecretBytes? {
        var count = 0
        guard forEachByte(of: range, in: span, { _ in count += 1 }) else { return nil }
        var secret = SecretBytes(count: count)
        secret.withMutableBytes { target in
            var written = 0
            _ = forEachByte(of: range, in: span) { byte in
                target[written] = byte
                written += 1
            }
        }
        return secret
    }

    /// Decodes byte by byte; false when a percent sign is not followed by two digits.
    private func forEachByte(of range: Range<Int>, in span: Span<UInt8>, _ body: (UInt8) -> Void) -> Bool {
        var offset = range.lowerBound
        while offset < range.upperBound {
            switch span[offset] {
            case UInt8(ascii: "+"): body(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard offset + 2 < range.upperBound,
                    let high = hexadecimal(span[offset + 1]), let low = hexadecimal(span[offset + 2])
                else { return false }
                body(high << 4 | low)
                offset += 2
            case let byte: body(byte)
            }
            offset += 1
        }
        return true
    }

    private func hexadecimal(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - 0x30
        case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"): (digit | 0x20) - 0x57
        default: nil
        }
    }
}
