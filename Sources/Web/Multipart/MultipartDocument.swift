internal import Imaging
internal import Privacy
internal import Studio

/// A form with files (`multipart/form-data`, RFC 7578) in memory that is overwritten when it goes.
///
/// Every field's value is text in UTF-8 or a file; an empty one counts as missing, except where text is secret. So do the
/// words `null` and `undefined` where no prompt is read.
struct MultipartDocument: ~Copyable {
    private let bytes: SecretBytes
    private let fields: [String: [Range<Int>]]

    /// Finds the fields of a body; the boundary is in its Content-Type.
    init(_ bytes: consuming SecretBytes, contentType: String) throws(WebError) {
        let parts: [MultipartPart]
        do {
            let boundary = try MultipartBoundary(contentType: contentType)
            parts = try bytes.withBytes { (span) throws(MultipartError) in
                try MultipartParser.parse(span, boundary: boundary)
            }
        } catch {
            throw WebError.badRequest(.invalidForm, error.description)
        }
        self.bytes = bytes
        fields = Dictionary(grouping: parts, by: \.name).mapValues { $0.map(\.content) }
    }

    /// How many fields have a name.
    func count(of name: String) -> Int { fields[name]?.count ?? 0 }

    /// A picture's file; nil when there is none.
    func imageFile(_ name: String, limits: DecodingLimits = DecodingLimits()) throws(WebError) -> ImageFile? {
        guard let range = try range(name), !range.isEmpty else { return nil }
        do throws(ImageError) {
            let file = bytes.withBytes { SecretBytes(copying: $0.extracting(range)) }
            return try ImageFile(file, name: name, limits: limits)
        } catch {
            throw .unreadable(name, error)
        }
    }

    private func range(_ name: String) throws(WebError) -> Range<Int>? {
        guard let ranges = fields[name] else { return nil }
        guard ranges.count == 1 else {
            throw WebError.badRequest(.invalidForm, "The form has '\(name)' more than once.", parameter: name)
        }
        return ranges[0]
    }
}

extension MultipartDocument: RequestParameters {
    func allowOnly(_ names: Set<String>) throws(WebError) {
        if let unknown = fields.keys.sorted().first(where: { !names.contains($0) }) {
            throw .unknownParameter(unknown, known: names)
        }
    }

    func secret(_ name: String) throws(WebError) -> Prompt? {
        guard let range = try range(name) else { return nil }
        guard let prompt = bytes.withBytes({ Prompt(validating: $0.extracting(range)) }) else {
            throw .badRequest(.invalidForm, "The text of '\(name)' is not UTF-8.", parameter: name)
        }
        return prompt
    }

    func word(_ name: String) throws(WebError) -> String? {
        guard let range = try range(name), !range.isEmpty else { return nil }
        guard range.count <= 256 else {
            throw .badRequest(.invalidValue, "'\(name)' is too long.", parameter: name)
        }
        let text = bytes.withBytes { span in
            String(validating: range.map { span[$0] }, as: UTF8.self)
        }
        guard let text else { throw .badRequest(.invalidForm, "The text of '\(name)' is not UTF-8.", parameter: name) }
        // What programs write into a form for a value that they do not have.
        return text == "null" || text == "undefined" ? nil : text
    }

    func integer<Integer: FixedWidthInteger>(_ name: String, _: Integer.Type) throws(WebError) -> Integer? {
        guard let word = try word(name) else { return nil }
        guard let integer = Integer(word) else {
            throw .wrongType(name, "a whole number from \(Integer.min) to \(Integer.max)")
        }
        return integer
    }

    func number(_ name: String) throws(WebError) -> Float? {
        guard let word = try word(name) else { return nil }
        guard let number = Float(word), number.isFinite else { throw .wrongType(name, "a number") }
        return number
    }

    func boolean(_ name: String) throws(WebError) -> Bool? {
        switch try word(name)?.lowercased() {
        case nil: nil
        case "true": true
        case "false": false
        default: throw .wrongType(name, "true or false")
        }
    }
}
