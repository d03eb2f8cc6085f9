internal import Privacy

extension JPEG {
    /// Goes through the segments before a file's pixels until `body`, which gets each one's marker and content, has had
    /// enough and returns false.
    static func forEachSegment(_ bytes: Span<UInt8>, _ body: (UInt8, Range<Int>) -> Bool) {
        var offset = 2
        while offset + 4 <= bytes.count, bytes[offset] == 0xFF {
            let marker = bytes[offset + 1]
            if marker == 0xFF {  // a fill byte before the marker
                offset += 1
                continue
            }
            let length = Int(bytes[offset + 2]) << 8 | Int(bytes[offset + 3])
            let end = offset + 2 + length
            guard marker != 0xDA, length >= 2, end <= bytes.count, body(marker, offset + 4..<end) else { return }
            offset = end
        }
    }

    /// What the EXIF block says, which is an APP1 segment.
    static func orientation(_ bytes: Span<UInt8>) -> Orientation {
        var orientation = Orientation.up
        forEachSegment(bytes) { marker, content in
            guard marker == 0xE1, content.count >= 6, bytes.holds("Exif\0\0", at: content.lowerBound) else {
                return true
            }
            orientation = Orientation(exif: bytes.extracting(content.lowerBound + 6..<content.upperBound))
            return false
        }
        return orientation
    }

    private static let profilePrefix: StaticString = "ICC_PROFILE\0"

    private static func isProfile(_ marker: UInt8, _ content: Range<Int>, _ bytes: Span<UInt8>) -> Bool {
        marker == 0xE2 && content.count > profilePrefix.utf8CodeUnitCount + 2
            && bytes.holds(profilePrefix, at: content.lowerBound)
    }

    /// Whether the file describes its colors, soundly or not.
    static func describesColors(_ bytes: Span<UInt8>) -> Bool {
        var isFound = false
        forEachSegment(bytes) { marker, content in
            isFound = isProfile(marker, content, bytes)
            return !isFound
        }
        return isFound
    }

    /// The color profile, which comes in one or more APP2 segments, in any order; nil unless all are there (ICC.1,
    /// annex B.4).
    static func colorDescription(_ bytes: Span<UInt8>) -> ColorDescription? {
        var parts: [Int: Range<Int>] = [:]
        var total = 0
        var isSound = true
        forEachSegment(bytes) { marker, content in
            guard isProfile(marker, content, bytes) else { return true }
            let number = content.lowerBound + profilePrefix.utf8CodeUnitCount
            if total == 0 { total = Int(bytes[number + 1]) }
            isSound = total == Int(bytes[number + 1]) && parts[Int(bytes[number])] == nil
            parts[Int(bytes[number])] = number + 2..<content.upperBound
            return isSound
        }
        guard isSound, total > 0, parts.count == total, (1...total).allSatisfy({ parts[$0] != nil }) else { return nil }
        var joined = SecretBytes(count: parts.values.reduce(0) { $0 + $1.count })
        joined.withMutableBytes { joined in
            var written = 0
            for part in (1...total).compactMap({ parts[$0] }) {
                for index in part {
                    joined[written] = bytes[index]
                    written += 1
                }
            }
        }
        guard let profile = joined.withBytes({ ICCProfile($0) }) else { return nil }
        return .profile(profile)
    }
}
