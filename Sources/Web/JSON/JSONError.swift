/// Why bytes are not a JSON document that is read here. Says where, and never what stood there.
package enum JSONError: Error, Equatable {
    /// The document ends where more is needed.
    case endsEarly
    /// Something stands where JSON has no place for it.
    case unexpected(offset: Int)
    /// A string holds an escape that means nothing, or half of a surrogate pair.
    case badEscape(offset: Int)
    /// A string holds bytes that are not UTF-8.
    case badEncoding(offset: Int)
    /// The document is in UTF-16 or UTF-32.
    case wideEncoding
    /// Arrays and objects are nested deeper than allowed.
    case tooDeep(maximum: Int)
    /// There are more values in it than allowed, arrays' elements and objects' members among them.
    case tooMany(maximum: Int)
    /// An object holds a name twice.
    case repeatedName(offset: Int)
    /// An object holds a name that is longer than allowed.
    case longName(offset: Int, maximum: Int)
}

extension JSONError: CustomStringConvertible {
    /// What is wrong and where, in a sentence.
    package var description: String {
        switch self {
        case .endsEarly: "The JSON document ends early."
        case .unexpected(let offset): "The body is not valid JSON: byte \(offset) is out of place."
        case .badEscape(let offset): "The body is not valid JSON: the string escape at byte \(offset) is not valid."
        case .badEncoding(let offset): "The body is not valid JSON: the text at byte \(offset) is not UTF-8."
        case .wideEncoding: "The body must be JSON in UTF-8, not in UTF-16 or UTF-32."
        case .tooDeep(let maximum): "The JSON document is nested deeper than the \(maximum) levels that are allowed."
        case .tooMany(let maximum): "The JSON document has more than the \(maximum) values that are allowed."
        case .longName(let offset, let maximum):
            "A name in the JSON document, at byte \(offset), is longer than the \(maximum) bytes that are allowed."
        case .repeatedName(let offset): "An object in the JSON document has a name twice, again at byte \(offset)."
        }
    }
}
