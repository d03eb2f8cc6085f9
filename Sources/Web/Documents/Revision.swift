/// A version of the policy's text.
package struct Revision: Sendable, Equatable {
    /// The day from which it holds, as `2024-01-10`.
    package let date: String

    /// The beginning of the SHA-256 sum of the text, by which a test sees that the text was changed without a new
    /// revision; nil for a text that is not in the repository any more.
    package let fingerprint: String?

    /// What is new in it, in sentences.
    package let summary: String

    /// Reads a list of revisions, oldest first: lines of `2024-01-10: summary` or `2024-01-10 [fingerprint] summary`.
    package static func list(_ bytes: [UInt8]) -> [Revision] {
        String(decoding: bytes, as: UTF8.self).split(separator: "\n").compactMap { line in
            let date = line.prefix(10)
            let rest = line.dropFirst(10)
            if rest.hasPrefix(": ") {
                return Revision(date: String(date), fingerprint: nil, summary: String(rest.dropFirst(2)))
            }
            guard rest.hasPrefix(" ["), let end = rest.firstRange(of: "] ") else { return nil }
            return Revision(
                date: String(date), fingerprint: String(rest.dropFirst(2)[..<end.lowerBound]),
                summary: String(rest[end.upperBound...]))
        }
    }

    /// Every revision of the policy, oldest first.
    package static let all = list(PackageResources.revisions_txt)
}
