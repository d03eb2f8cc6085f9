extension DigitalSource {
    /// What a picture's file says of how the picture came about, as far as models have had a part in it; nil where it says
    /// nothing of that.
    ///
    /// Only XMP that is stored as it is, as by ``PixelBuffer/encoded(as:quality:metadata:)``, is found.
    ///
    /// - Parameter file: The bytes of a PNG, JPEG or WebP file.
    public init?(markedIn file: [UInt8]) {
        let prefix = Array("http://cv.iptc.org/newscodes/digitalsourcetype/".utf8)
        guard file.count > prefix.count else { return nil }
        // The prefix is long and rarely begun: bytes are compared from its first on.
        for start in 0...file.count - prefix.count where file[start] == prefix[0] {
            guard file[start..<start + prefix.count].elementsEqual(prefix) else { continue }
            let term = file[(start + prefix.count)...].prefix { $0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "z") }
            if let source = DigitalSource(rawValue: String(decoding: term.prefix(64), as: UTF8.self)) {
                self = source
                return
            }
        }
        return nil
    }
}
