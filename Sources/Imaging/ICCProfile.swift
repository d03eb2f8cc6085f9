internal import Privacy

/// A color profile (ICC.1) as it came in an image's file, reduced to what a color transform needs.
///
/// Profiles come from anywhere. Those that are not plainly sound are none: too large, of a kind that is not for images, or
/// of version 5. The tags of all others are hidden from the library that reads them, except those that describe colors
/// by curves, matrices and tables; there are others by which a small file asks for any amount of work.
struct ICCProfile: ~Copyable {
    /// What the numbers of a pixel mean.
    enum ColorSpace {
        case gray, rgb, inks
    }

    /// The most bytes that a profile may have; those of printing presses have about two million.
    static let maximumBytes = 4 << 20

    private static let headerBytes = 132
    private static let entryBytes = 12
    private static let maximumTags = 100

    /// The tags that are used, and the types that they may have.
    private static let knownTags: [(name: StaticString, types: [StaticString])] = [
        ("rXYZ", ["XYZ "]), ("gXYZ", ["XYZ "]), ("bXYZ", ["XYZ "]), ("wtpt", ["XYZ "]), ("chad", ["sf32"]),
        ("rTRC", ["curv", "para"]), ("gTRC", ["curv", "para"]), ("bTRC", ["curv", "para"]), ("kTRC", ["curv", "para"]),
        ("A2B0", ["mft1", "mft2", "mAB "]), ("A2B1", ["mft1", "mft2", "mAB "]),
    ]

    let colorSpace: ColorSpace
    private let bytes: SecretBytes

    /// Takes a profile; nil when it is none that is used.
    init?(_ file: Span<UInt8>) {
        guard (Self.headerBytes...Self.maximumBytes).contains(file.count), file.holds("acsp", at: 36), file[8] <= 4,
            (Self.headerBytes...file.count).contains(file.bigEndian(at: 0)),
            ["mntr", "scnr", "prtr", "spac"].contains(where: { file.holds($0, at: 12) }),
            file.holds("XYZ ", at: 20) || file.holds("Lab ", at: 20),
            let colorSpace = Self.colorSpace(file)
        else { return nil }
        let size = file.bigEndian(at: 0)
        let tags = file.bigEndian(at: 128)
        guard tags <= Self.maximumTags, Self.headerBytes + tags * Self.entryBytes <= size else { return nil }
        var copy = SecretBytes(copying: file.extracting(0..<size))
        copy.withMutableBytes { copy in
            var found: Set<Int> = []
            for index in 0..<tags {
                let entry = Self.headerBytes + index * Self.entryBytes
                if let tag = Self.knownTag(at: entry, of: file, size: size), found.insert(tag).inserted { continue }
                // A name that is no tag's, and nobody else's.
                for (offset, byte) in [UInt8(ascii: "-"), UInt8(ascii: "-"), 0, UInt8(index)].enumerated() {
                    copy[entry + offset] = byte
                }
            }
        }
        self.colorSpace = colorSpace
        bytes = copy
    }

    /// The profile for the library to read.
    func withUnsafeBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        bytes.withUnsafeBytes(body)
    }

    private static func colorSpace(_ file: Span<UInt8>) -> ColorSpace? {
        if file.holds("RGB ", at: 16) { return .rgb }
        if file.holds("GRAY", at: 16) { return .gray }
        return file.holds("CMYK", at: 16) ? .inks : nil
    }

    /// Which of the known tags an entry of the table is; nil when it is another, or what it points to is not its type.
    private static func knownTag(at entry: Int, of file: Span<UInt8>, size: Int) -> Int? {
        let (start, count) = (file.bigEndian(at: entry + 4), file.bigEndian(at: entry + 8))
        guard start >= headerBytes, count >= 8, count <= size, start <= size - count else { return nil }
        return knownTags.firstIndex { tag in
            file.holds(tag.name, at: entry) && tag.types.contains { file.holds($0, at: start) }
        }
    }
}
