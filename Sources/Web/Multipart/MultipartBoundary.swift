/// What stands between the parts of a form (RFC 2046, section 5.1.1).
package struct MultipartBoundary: Equatable {
    /// The boundary as it stands behind a part: the end of a line, two hyphens, and the boundary itself.
    let delimiter: [UInt8]

    /// Takes a boundary of 1 to 70 characters, the last of which is no space; nil for any other.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard 1...70 ~= bytes.count, bytes.last != UInt8(ascii: " "), bytes.allSatisfy(Self.allowed.contains) else {
            return nil
        }
        delimiter = Array("\r\n--".utf8) + bytes
    }

    /// Finds the boundary in the value of a Content-Type field.
    package init(contentType: String) throws(MultipartError) {
        guard let text = HeaderValue(Array(contentType.utf8).span, parameter: "boundary")?.parameter,
            let boundary = MultipartBoundary(text)
        else { throw .badBoundary }
        self = boundary
    }

    private static let allowed = Set(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'()+_,-./:=? ".utf8)
}
