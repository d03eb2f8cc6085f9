internal import Imaging
internal import Privacy

/// The parameters of a request by their names, whichever form its body has.
protocol RequestParameters: ~Copyable {
    /// Refuses names that mean nothing here.
    func allowOnly(_ names: Set<String>) throws(WebError)

    /// Text in memory of its own; nil when it is missing.
    func secret(_ name: String) throws(WebError) -> Prompt?

    /// A word; nil when it is missing or empty.
    func word(_ name: String) throws(WebError) -> String?

    /// A whole number of the type's range; nil when it is missing.
    func integer<Integer: FixedWidthInteger>(_ name: String, _: Integer.Type) throws(WebError) -> Integer?

    /// A number; nil when it is missing.
    func number(_ name: String) throws(WebError) -> Float?

    /// True or false; nil when it is missing.
    func boolean(_ name: String) throws(WebError) -> Bool?
}

extension RequestParameters where Self: ~Copyable {
    /// One of the words that `Choice` has; nil when it is missing.
    func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: String, _: Choice.Type = Choice.self
    ) throws(WebError) -> Choice? {
        guard let word = try word(name) else { return nil }
        guard let choice = Choice(rawValue: word) else {
            let allowed = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw WebError.badRequest(
                .invalidValue, "The value of '\(name)' is not allowed; it must be one of \(allowed).", parameter: name)
        }
        return choice
    }

    /// A file format by its name, or as files' names end; nil when it is missing.
    func imageFormat(_ name: String) throws(WebError) -> ImageFormat? {
        guard let word = try word(name) else { return nil }
        return word == "jpg" ? .jpeg : try choice(name)
    }

    /// A seed; nil when it is missing or -1, which stands for any.
    func seed(_ name: String = "seed") throws(WebError) -> UInt64? {
        let number: Int128?
        do {
            number = try integer(name, Int128.self)
        } catch {
            throw error.code == .invalidType ? .badSeed(name, .invalidType) : error
        }
        guard let number, number != -1 else { return nil }
        guard let seed = UInt64(exactly: number) else { throw .badSeed(name, .invalidValue) }
        return seed
    }

    /// The prompt, which must be there and say something.
    func requiredPrompt() throws(WebError) -> Prompt {
        guard let prompt = try secret("prompt"), !prompt.isBlank else {
            throw .badRequest(
                .missingParameter, "'prompt' is missing or empty; say what the picture should show.",
                parameter: "prompt")
        }
        return prompt
    }

    /// A whole number; nil when it is missing.
    func integer(_ name: String) throws(WebError) -> Int? { try integer(name, Int.self) }
}

extension WebError {
    /// A seed is none.
    static func badSeed(_ name: String, _ code: Code) -> WebError {
        badRequest(
            code, "'\(name)' must be a whole number from 0 to \(UInt64.max), or -1 for any.", parameter: name)
    }
}
