extension DigitalSource {
    /// What a picture's file says of how the picture came about, as far as models have had a part in it; nil where it says
    /// nothing of that.
    ///
    /// Only XMP that is stored as it is, as by ``PixelBuffer/encoded(as:quality:metadata:)``, is found.
    ///
    /// - Parameter file: The bytes of a PNG, JPEG or WebP file.
    public init?(markedIn file: [UInt8]) { self.init(markedIn: file.span) }

    /// What a picture's file says of how the picture came about, read in place.
    public init?(markedIn file: Span<UInt8>) {
        let prefix = Array("http://cv.iptc.org/newscodes/digitalsourcetype/".utf8)
        guard file.count > prefix.count else { return nil }
        // The prefix is long and rarely begun: bytes are compared from its first on.
        for start in 0...file.count - prefix.count where file[start] == prefix[0] {
            guard prefix.indices.allSatisfy({ file[start + $0] == prefix[$0] }) else { continue }
            let end = min(file.count, start + prefix.count + 64)
            let letters = UInt8(ascii: "A")...UInt8(ascii: "z")
            var term: [UInt8] = []
            for place in start + prefix.count..<end {
                guard letters.contains(file[place]) else { break }
                term.append(file[place])
            }
            if let source = DigitalSource(rawValue: String(decoding: term, as: UTF8.self)) {
                self = source
                return
            }
        }
        return nil
    }
}
