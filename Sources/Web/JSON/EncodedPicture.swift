package import Imaging
package import Privacy

/// Reads a picture that is sent as text: in Base64, or as a `data:` URL (RFC 2397) of it. Nothing is ever fetched.
package enum EncodedPicture {
    /// Decodes the file in `range` of `text`, not yet its pixels.
    ///
    /// - Parameters:
    ///   - range: Where the text stands.
    ///   - text: What it stands in.
    ///   - limits: How large the picture may be, checked before memory is taken for it.
    package static func decode(
        _ range: Range<Int>, of text: Span<UInt8>, limits: DecodingLimits = DecodingLimits()
    ) throws(EncodedPictureError) -> SecretBytes {
        guard let digits = DataURL.base64(in: range, of: text) else { throw .address }
        let count = digits.range.count / 4 * 3
        // White space may be up to a fifth of the text: lines of 76 digits need a fortieth.
        guard count / 5 * 4 <= limits.maximumBytes else {
            throw .unreadable(.tooManyBytes(count: count, maximum: limits.maximumBytes))
        }
        guard let file = Base64.decode(digits.range, of: text, isAddress: digits.isAddress) else { throw .notBase64 }
        return file
    }
}

/// Why text is not a picture. It never holds any of the text.
package enum EncodedPictureError: Error, Equatable {
    /// The text is an address of a picture instead of the picture.
    case address
    /// The text holds what Base64 has no place for, or ends in the middle of a byte.
    case notBase64
    /// What the text stands for is not a picture that is read.
    case unreadable(ImageError)
}

extension EncodedPictureError: CustomStringConvertible {
    /// What was wrong and what is allowed, in a sentence.
    package var description: String {
        switch self {
        case .address:
            """
            Pictures are not fetched from addresses; send the picture itself, in Base64 or as a URL that begins with \
            data:image/png;base64 or the like.
            """
        case .notBase64:
            "The text is not valid Base64."
        case .unreadable(let error):
            error.description
        }
    }
}
