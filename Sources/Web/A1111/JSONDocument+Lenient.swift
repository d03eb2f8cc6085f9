internal import Privacy

/// Values as the web UI takes them: its models are pydantic's, which read numbers and switches from text as well.
///
/// Reference: pydantic, "Conversion Table", lax mode. An empty text is nothing: clients send it for what they do not
/// choose.
extension JSONDocument {
    /// A whole number, as a number or as text; nil when it is missing, null or empty.
    func leniently<Integer: FixedWidthInteger>(
        _ path: JSONPath, _: Integer.Type = Int.self
    ) throws(WebError) -> Integer? {
        if case .boolean(let boolean) = value(path) { return boolean ? 1 : 0 }
        guard let text = try scalar(path, "a number") else { return nil }
        if let integer = Integer(text) { return integer }
        if let double = Double(text), let integer = Integer(exactly: double) { return integer }
        throw .wrongType(path.description, "a whole number from \(Integer.min) to \(Integer.max)")
    }

    /// A number, as a number or as text; nil when it is missing, null or empty.
    func lenientNumber(_ path: JSONPath) throws(WebError) -> Float? {
        if case .boolean(let boolean) = value(path) { return boolean ? 1 : 0 }
        guard let text = try scalar(path, "a number") else { return nil }
        guard let number = Float(text), number.isFinite else { throw .wrongType(path.description, "a number") }
        return number
    }

    /// A switch, as true or false, as 0 or 1, or as a word for either; nil when it is missing, null or empty.
    func lenientFlag(_ path: JSONPath) throws(WebError) -> Bool? {
        if case .boolean(let boolean) = value(path) { return boolean }
        guard let text = try scalar(path, "true or false") else { return nil }
        switch text.lowercased() {
        case "true", "yes", "on", "t", "y", "1", "1.0": return true
        case "false", "no", "off", "f", "n", "0", "0.0": return false
        default: throw .wrongType(path.description, "true or false")
        }
    }

    /// A seed, in the range that all interfaces have for one; nil for any, which is -1 or nothing.
    func lenientSeed(_ path: JSONPath) throws(WebError) -> UInt64? {
        let number: Int128?
        do { number = try leniently(path, Int128.self) } catch { throw .badSeed(path.description, .invalidType) }
        guard let number, number != -1 else { return nil }
        guard let seed = UInt64(exactly: number) else { throw .badSeed(path.description, .invalidValue) }
        return seed
    }

    /// A number's digits or a text without the white space around it; nil when it is missing, null or empty.
    private func scalar(_ path: JSONPath, _ expected: String) throws(WebError) -> String? {
        guard let value = value(path) else { return nil }
        let text: String?
        switch value {
        case .number(let range) where range.count <= 64:
            text = bytes.withBytes { span in String(decoding: range.map { span[$0] }, as: UTF8.self) }
        case .string(let string) where string.decodedCount <= 64:
            text = bytes.withBytes { span in try? string.text(in: span) }
        default:
            text = nil
        }
        guard let text else { throw .wrongType(path.description, expected) }
        let trimmed = text.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed()
        return trimmed.isEmpty ? nil : String(trimmed)
    }
}
