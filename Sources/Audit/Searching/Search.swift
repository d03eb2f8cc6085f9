/// One search through something long that comes in pieces, which may be cut in the middle of a pattern.
struct Search {
    /// A pattern that was found, and how often.
    private(set) var findings: [Finding] = []

    /// How many bytes were looked at.
    private(set) var bytes = 0

    /// How many patterns are searched for.
    var patternCount: Int { patterns.patterns.count }

    /// What is searched for.
    var searched: [Pattern] { patterns.patterns }

    private let patterns: PatternSearch
    private var tail: [UInt8] = []
    private var place = ""

    init(for patterns: PatternSearch) { self.patterns = patterns }

    /// Begins with another place, whose bytes do not continue those before.
    mutating func enter(_ place: String) {
        self.place = place
        tail.removeAll(keepingCapacity: true)
    }

    /// Looks at the next bytes of the present place.
    mutating func look(at piece: UnsafeRawBufferPointer) {
        bytes += piece.count
        // Matches inside the tail alone were told when it came.
        let overlap = tail.count
        if overlap > 0 {
            let seam = tail + piece.prefix(max(0, patterns.longest - 1))
            seam.withUnsafeBytes { seam in
                note(in: seam) { $0 < overlap && $0 + $1 > overlap }
            }
        }
        note(in: piece) { _, _ in true }
        let kept = max(0, patterns.longest - 1)
        tail = Array((tail + piece.suffix(kept)).suffix(kept))
    }

    /// Looks at all of a place at once.
    mutating func look(at bytes: some Sequence<UInt8>, in place: String) {
        enter(place)
        Array(bytes).withUnsafeBytes { look(at: $0) }
    }

    private mutating func note(in bytes: UnsafeRawBufferPointer, where isNew: (Int, Int) -> Bool) {
        patterns.search(bytes) { index, offset in
            let pattern = patterns.patterns[index]
            guard isNew(offset, pattern.bytes.count) else { return }
            let finding = Finding(canary: pattern.canary, form: pattern.form, place: place, count: 1)
            if let known = findings.firstIndex(where: { $0.isSame(as: finding) }) {
                findings[known].count += 1
            } else {
                findings.append(finding)
            }
        }
    }
}

/// Something of a request where it must not be. It says what and where, and never repeats it.
public struct Finding: Sendable, Codable, Equatable {
    /// The request that it comes from.
    public let canary: String
    /// In which form it was found.
    public let form: CanaryForm
    /// Where.
    public let place: String
    /// How often.
    public var count: Int

    func isSame(as other: Finding) -> Bool {
        canary == other.canary && form == other.form && place == other.place
    }
}
