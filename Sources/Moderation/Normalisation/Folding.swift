/// What a character stands for when prompts are held against the policy: small, without diacritics, and the Latin
/// letter where it can be mistaken for one. Text that looks alike folds to the same.
///
/// Sources: Unicode's compatibility decomposition and case folding (UAX #15), and its confusables (UTS #39).
enum Folding {
    /// Calls `body` with the characters that a scalar stands for; with none for those that cannot be seen.
    static func fold(_ scalar: Unicode.Scalar, _ body: (UInt32) -> Void) {
        if scalar.isASCII {
            let isCapital = scalar.value >= 0x41 && scalar.value <= 0x5A
            body(isCapital ? scalar.value | 0x20 : scalar.value)
        } else if let folded = table[scalar.value] {
            for value in folded { body(value) }
        } else if !isInvisible(scalar) {
            body(scalar.value)
        }
    }

    /// Diacritics, joiners, direction marks, tags and the like.
    private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: true
        default: scalar.properties.isDefaultIgnorableCodePoint
        }
    }

    private static let table: [UInt32: [UInt32]] = {
        var table: [UInt32: [UInt32]] = [:]
        for run in FoldingTable.runs.split(whereSeparator: \.isWhitespace) {
            guard let separator = run.firstIndex(where: { $0 == "=" || $0 == "~" }) else { continue }
            let source = run[..<separator].split(separator: "+")
            let target = run[run.index(after: separator)...]
            let first =
                run[separator] == "="
                ? target.unicodeScalars.map(\.value) : target.split(separator: ".").compactMap { UInt32($0, radix: 16) }
            let start = UInt32(source[0], radix: 16) ?? 0
            let count = source.count > 1 ? UInt32(source[1], radix: 16) ?? 1 : 1
            for offset in 0..<count {
                table[start + offset] = count > 1 ? [first[0] + offset] : first
            }
        }
        return table
    }()
}
