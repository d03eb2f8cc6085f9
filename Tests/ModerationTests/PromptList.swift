import Foundation
import Testing

/// The prompts in Tests/Fixtures/data/moderation.
enum PromptList {
    struct Refused: Sendable, CustomTestStringConvertible {
        let rule: String
        let prompt: String
        /// Whether the prompt says it in words that lists of words are expected to miss.
        let isParaphrase: Bool
        var testDescription: String { prompt }
    }

    static let benign = lines("benign")

    static let refused = lines("refused").compactMap { line in
        let parts = line.split(separator: "\t")
        return parts.count == 2
            ? Refused(
                rule: String(parts[0].drop { $0 == "~" }), prompt: String(parts[1]), isParaphrase: line.hasPrefix("~"))
            : nil
    }

    private static func lines(_ name: String) -> [String] {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../Fixtures/data/moderation/\(name).txt")
        let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").map(String.init).filter { !$0.hasPrefix("#") }
    }
}
