internal import Privacy

/// A request's body, an object in JSON, in memory that is overwritten when it goes.
struct JSONDocument: ~Copyable {
    let bytes: SecretBytes
    private let root: JSONValue

    /// Takes an object that was read from these bytes.
    init(_ bytes: consuming SecretBytes, root: JSONValue) {
        self.bytes = bytes
        self.root = root
    }

    /// Reads a body, which must be one JSON object.
    init(_ bytes: consuming SecretBytes) throws(WebError) {
        let value: JSONValue
        do {
            value = try bytes.withBytes { (span) throws(JSONError) in try JSONParser.parse(span) }
        } catch {
            throw WebError.badRequest(.invalidJSON, error.description)
        }
        guard case .object = value else {
            throw WebError.badRequest(.invalidJSON, "The body must be a JSON object.")
        }
        self.bytes = bytes
        root = value
    }

    /// Refuses names that mean nothing here.
    func allowOnly(_ names: Set<String>) throws(WebError) {
        if let unknown = try self.names(of: []).first(where: { !names.contains($0) }) {
            throw .unknownParameter(unknown, known: names)
        }
    }

    /// Decodes text into memory of its own; nil when it is missing or null.
    func secret(_ path: JSONPath) throws(WebError) -> Prompt? {
        guard let value = value(path) else { return nil }
        guard case .string(let string) = value else { throw .wrongType(path.description, "a string") }
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

    /// A word; nil when it is missing, null or empty.
    func word(_ path: JSONPath) throws(WebError) -> String? {
        guard let value = value(path) else { return nil }
        guard case .string(let string) = value else { throw .wrongType(path.description, "a string") }
        guard string.decodedCount > 0 else { return nil }
        guard string.decodedCount <= 256 else {
            throw WebError.badRequest(.invalidValue, "'\(path)' is too long.", parameter: path.description)
        }
        do {
            return try bytes.withBytes { (span) throws(JSONError) in try string.text(in: span) }
        } catch {
            throw WebError.badRequest(.invalidJSON, error.description)
        }
    }

    /// One of the words that `Choice` has; nil when it is missing, null or empty.
    func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ path: JSONPath, _: Choice.Type = Choice.self
    ) throws(WebError) -> Choice? {
        guard let word = try word(path) else { return nil }
        guard let choice = Choice(rawValue: word) else {
            let allowed = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw WebError.badRequest(
                .invalidValue, "The value of '\(path)' is not allowed; it must be one of \(allowed).",
                parameter: path.description)
        }
        return choice
    }

    /// A whole number of the type's range; nil when it is missing, null or an empty string.
    func integer<Integer: FixedWidthInteger>(
        _ path: JSONPath, _: Integer.Type = Int.self
    ) throws(WebError) -> Integer? {
        guard let text = try digits(path) else { return nil }
        if let integer = Integer(text) { return integer }
        if let double = Double(text), let integer = Integer(exactly: double) { return integer }
        throw .wrongType(path.description, "a whole number from \(Integer.min) to \(Integer.max)")
    }

    /// A number; nil when it is missing, null or an empty string.
    func number(_ path: JSONPath) throws(WebError) -> Float? {
        guard let text = try digits(path) else { return nil }
        guard let number = Float(text), number.isFinite else { throw .wrongType(path.description, "a number") }
        return number
    }

    /// True or false; nil when it is missing, null or an empty string.
    func boolean(_ path: JSONPath) throws(WebError) -> Bool? {
        guard let value = value(path), !value.isEmptyString else { return nil }
        guard case .boolean(let boolean) = value else { throw .wrongType(path.description, "true or false") }
        return boolean
    }

    /// How many elements an array has; nil when it is missing or null.
    func count(of path: JSONPath) throws(WebError) -> Int? {
        guard let value = value(path) else { return nil }
        guard case .array(let elements) = value else { throw .wrongType(path.description, "an array") }
        return elements.count
    }

    /// The names in an object; none when it is missing or null.
    func names(of path: JSONPath) throws(WebError) -> [String] {
        guard let value = value(path) else { return [] }
        guard case .object(let members) = value else { throw .wrongType(path.description, "an object") }
        return members.map(\.name)
    }

    /// What stands at a path; nil when it is missing or null.
    func value(_ path: JSONPath) -> JSONValue? {
        var value = root
        for component in path.components {
            switch (component, value) {
            case (.name(let name), .object(let members)):
                guard let member = members.first(where: { $0.name == name }) else { return nil }
                value = member.value
            case (.index(let index), .array(let elements)):
                guard elements.indices.contains(index) else { return nil }
                value = elements[index]
            default:
                return nil
            }
        }
        if case .null = value { return nil }
        return value
    }

    private func digits(_ path: JSONPath) throws(WebError) -> String? {
        guard let value = value(path), !value.isEmptyString else { return nil }
        guard case .number(let range) = value, range.count <= 64 else { throw .wrongType(path.description, "a number") }
        return bytes.withBytes { span in String(decoding: range.map { span[$0] }, as: UTF8.self) }
    }
}
