internal import Privacy

/// A request's body, an object in JSON, in memory that is overwritten when it goes.
struct JSONDocument: ~Copyable {
    private let bytes: SecretBytes
    private let members: [String: JSONValue]

    /// Reads a body, which must be one JSON object.
    init(_ bytes: consuming SecretBytes) throws(WebError) {
        let value: JSONValue
        do {
            value = try bytes.withBytes { (span) throws(JSONError) in try JSONParser.parse(span) }
        } catch {
            throw WebError.badRequest(.invalidJSON, error.description)
        }
        guard case .object(let members) = value else {
            throw WebError.badRequest(.invalidJSON, "The body must be a JSON object.")
        }
        self.bytes = bytes
        self.members = Dictionary(members.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
    }

    /// Refuses names that mean nothing here. The name is not repeated: it is the body's text.
    func allowOnly(_ names: Set<String>) throws(WebError) {
        guard members.keys.allSatisfy(names.contains) else {
            throw WebError.badRequest(
                .unknownParameter,
                "The body has a parameter that is not known. Known are: \(names.sorted().joined(separator: ", ")).")
        }
    }

    /// Decodes text into memory of its own; nil when it is missing or null.
    func secret(_ name: String) throws(WebError) -> Prompt? {
        guard let value = value(name) else { return nil }
        guard case .string(let string) = value else { throw .wrongType(name, "a string") }
        var prompt: Prompt?
        do {
            try bytes.withBytes { (span) throws(JSONError) in
                let secret = try string.secretBytes(in: span)
                secret.withBytes { prompt = Prompt(validating: $0) }
            }
        } catch {
            throw WebError.badRequest(.invalidJSON, error.description)
        }
        return prompt
    }

    /// A word; nil when it is missing or null.
    func word(_ name: String) throws(WebError) -> String? {
        guard let value = value(name) else { return nil }
        guard case .string(let string) = value else { throw .wrongType(name, "a string") }
        guard string.decodedCount <= 256 else {
            throw WebError.badRequest(.invalidValue, "'\(name)' is too long.", parameter: name)
        }
        do {
            return try bytes.withBytes { (span) throws(JSONError) in try string.text(in: span) }
        } catch {
            throw WebError.badRequest(.invalidJSON, error.description)
        }
    }

    /// One of the words that `Choice` has; nil when it is missing or null.
    func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: String, _: Choice.Type = Choice.self
    ) throws(WebError) -> Choice? {
        guard let word = try word(name) else { return nil }
        guard let choice = Choice(rawValue: word) else {
            let allowed = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw WebError.badRequest(
                .invalidValue, "The value of '\(name)' is not allowed; it must be one of \(allowed).",
                parameter: name)
        }
        return choice
    }

    /// A whole number of the type's range; nil when it is missing or null.
    func integer<Integer: FixedWidthInteger>(
        _ name: String, _: Integer.Type = Int.self
    ) throws(WebError) -> Integer? {
        guard let text = try digits(name) else { return nil }
        if let integer = Integer(text) { return integer }
        if let double = Double(text), let integer = Integer(exactly: double) { return integer }
        throw .wrongType(name, "a whole number from \(Integer.min) to \(Integer.max)")
    }

    /// A number; nil when it is missing or null.
    func number(_ name: String) throws(WebError) -> Float? {
        guard let text = try digits(name) else { return nil }
        guard let number = Float(text), number.isFinite else { throw .wrongType(name, "a number") }
        return number
    }

    /// True or false; nil when it is missing or null.
    func boolean(_ name: String) throws(WebError) -> Bool? {
        guard let value = value(name) else { return nil }
        guard case .boolean(let boolean) = value else { throw .wrongType(name, "true or false") }
        return boolean
    }

    private func digits(_ name: String) throws(WebError) -> String? {
        guard let value = value(name) else { return nil }
        guard case .number(let range) = value, range.count <= 64 else { throw .wrongType(name, "a number") }
        return bytes.withBytes { span in String(decoding: range.map { span[$0] }, as: UTF8.self) }
    }

    private func value(_ name: String) -> JSONValue? {
        guard let value = members[name] else { return nil }
        if case .null = value { return nil }
        return value
    }
}
