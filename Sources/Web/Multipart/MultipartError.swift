/// Why bytes are not a form that is read here. Says where, and never what stood there.
package enum MultipartError: Error, Equatable {
    /// The media type names no boundary, or none that RFC 2046 allows.
    case badBoundary
    /// The boundary is nowhere in the body, or the form ends before its closing boundary.
    case endsEarly
    /// Something stands behind a boundary.
    case unexpected(offset: Int)
    /// A part's header is not one.
    case badHeader(offset: Int)
    /// A part's header is longer than allowed.
    case longHeader(offset: Int, maximum: Int)
    /// A part does not say which field it is.
    case noName(offset: Int)
    /// A part's content is encoded.
    case encoded(offset: Int)
    /// There are more parts than allowed.
    case tooManyParts(maximum: Int)
}

extension MultipartError: CustomStringConvertible {
    /// What is wrong and where, in a sentence.
    package var description: String {
        switch self {
        case .badBoundary:
            "The Content-Type must name the form's boundary, of 1 to 70 characters, as in multipart/form-data; boundary=x."
        case .endsEarly: "The form ends before its closing boundary."
        case .unexpected(let offset): "The form has something behind a boundary, at byte \(offset)."
        case .badHeader(let offset): "The header of the form's part at byte \(offset) is not valid."
        case .longHeader(let offset, let maximum):
            "The header of the form's part at byte \(offset) has more than the \(maximum) bytes that are allowed."
        case .noName(let offset):
            "The form's part at byte \(offset) needs a header as in Content-Disposition: form-data; name=\"prompt\"."
        case .encoded(let offset):
            "The form's part at byte \(offset) is encoded for mail; send it as it is, without Content-Transfer-Encoding."
        case .tooManyParts(let maximum): "The form has more than the \(maximum) parts that are allowed."
        }
    }
}
