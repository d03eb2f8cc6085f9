internal import Imaging
internal import Privacy
internal import Studio

extension JSONDocument {
    /// The file of a picture that is sent as text, in Base64 or as a `data:` URL of it; nil when it is missing, null or
    /// empty.
    func imageFile(_ path: JSONPath, limits: DecodingLimits = DecodingLimits()) throws(WebError) -> ImageFile? {
        guard let value = value(path) else { return nil }
        guard case .string(let string) = value else { throw .wrongType(path.description, "a string") }
        guard string.decodedCount > 0 else { return nil }
        let file: SecretBytes
        do throws(EncodedPictureError) {
            file = try bytes.withBytes { (span) throws(EncodedPictureError) in
                // As long as what it decodes to, it has no escapes and can be read where it stands.
                if string.range.count == string.decodedCount {
                    return try EncodedPicture.decode(string.range, of: span, limits: limits)
                }
                guard let text = try? string.secretBytes(in: span) else { throw .notBase64 }
                return try text.withBytes { (text) throws(EncodedPictureError) in
                    try EncodedPicture.decode(0..<text.count, of: text, limits: limits)
                }
            }
        } catch {
            throw .badRequest(
                error == .address ? .unsupported : .invalidValue, "'\(path)': \(error.description)",
                parameter: path.description)
        }
        do {
            return try ImageFile(file, name: path.description, limits: limits)
        } catch {
            throw .unreadable(path.description, error)
        }
    }
}
