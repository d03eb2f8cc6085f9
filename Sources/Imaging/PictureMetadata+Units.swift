import Privacy

extension PictureMetadata {
    /// Reads the parameters' code units in an encoding, without a string that would outlive them. What is not UTF-8
    /// becomes U+FFFD; zeros, which would end the text for readers in C, are left out.
    func forEachParameterUnit<Encoding: UnicodeCodec>(
        as encoding: Encoding.Type, _ body: (Encoding.CodeUnit) -> Void
    ) {
        switch parameters {
        case .none: break
        case .some(let parameters):
            parameters.withUnsafeBytes { bytes in
                _ = transcode(
                    bytes.lazy.filter { $0 != 0 }.makeIterator(), from: UTF8.self, to: Encoding.self,
                    stoppingOnError: false, into: body)
            }
        }
    }
}
