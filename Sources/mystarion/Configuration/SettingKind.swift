/// What a value of the configuration may be.
enum SettingKind: Sendable {
    case text
    case truth
    case whole(ClosedRange<Int>)
    case bytes(ClosedRange<Int>)
    case choice([String])

    /// What is allowed, as the end of "must be …".
    var allowed: String {
        switch self {
        case .text: "some text"
        case .truth: "true or false"
        case .whole(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .bytes: "a size such as 512MiB or 4GiB, of at least 64MiB"
        case .choice(let words): "one of \(words.joined(separator: ", "))"
        }
    }

    /// Whether a value is allowed.
    func accepts(_ text: String) -> Bool {
        switch self {
        case .text: !text.isEmpty
        case .truth: Bool(text) != nil
        case .whole(let range): Int(text).map(range.contains) ?? false
        case .bytes(let range): Self.bytes(text).map(range.contains) ?? false
        case .choice(let words): words.contains(text)
        }
    }

    /// The number of bytes in a size such as `512MiB`.
    static func bytes(_ text: String) -> Int? {
        for (unit, shift) in [("KiB", 10), ("MiB", 20), ("GiB", 30), ("TiB", 40)] where text.hasSuffix(unit) {
            guard let number = Int(text.dropLast(unit.count)), number >= 0 else { return nil }
            let (bytes, overflows) = number.multipliedReportingOverflow(by: 1 << shift)
            return overflows ? nil : bytes
        }
        return nil
    }
}
