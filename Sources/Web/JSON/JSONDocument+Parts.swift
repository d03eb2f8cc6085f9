extension JSONDocument {
    /// The document that an object inside this one is, with the same text; an empty one where there is nothing, and nil
    /// where there is something else.
    consuming func moved(to path: JSONPath) -> JSONDocument? {
        switch value(path) {
        case nil: return JSONDocument(bytes, root: .object([]))
        case .some(let value):
            guard case .object = value else { return nil }
            return JSONDocument(bytes, root: value)
        }
    }
}
