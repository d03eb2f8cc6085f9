/// A JSON value (RFC 8259) that refers to the bytes it was read from instead of copying them.
///
/// Strings stay where they are, escaped, so that a prompt can be decoded straight into memory of its own.
package indirect enum JSONValue: Sendable {
    case null
    case boolean(Bool)
    /// The digits' place in the document.
    case number(Range<Int>)
    case string(JSONString)
    case array([JSONValue])
    case object([JSONMember])

    /// Whether it is a string without a character, which programs send for what nobody chose.
    var isEmptyString: Bool {
        if case .string(let string) = self { string.decodedCount == 0 } else { false }
    }
}

/// A string's place between its quotation marks, and how many UTF-8 bytes it decodes to.
package struct JSONString: Sendable, Equatable {
    package var range: Range<Int>
    package var decodedCount: Int
}

/// A name and its value.
package struct JSONMember: Sendable {
    package var name: String
    package var value: JSONValue
}
