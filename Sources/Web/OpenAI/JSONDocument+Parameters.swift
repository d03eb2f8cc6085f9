internal import Privacy

extension JSONDocument: RequestParameters {
    func secret(_ name: String) throws(WebError) -> Prompt? { try secret(JSONPath(name)) }
    func word(_ name: String) throws(WebError) -> String? { try word(JSONPath(name)) }
    func number(_ name: String) throws(WebError) -> Float? { try number(JSONPath(name)) }
    func boolean(_ name: String) throws(WebError) -> Bool? { try boolean(JSONPath(name)) }

    func integer<Integer: FixedWidthInteger>(_ name: String, _ type: Integer.Type) throws(WebError) -> Integer? {
        try integer(JSONPath(name), type)
    }
}

extension JSONPath {
    /// A member of the document itself.
    init(_ name: String) { self.init(components: [.name(name)]) }
}
