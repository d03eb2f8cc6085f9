import Foundation
import Moderation

/// The operator's prompt policy.
enum PolicyFile {
    /// The most bytes that a file may have.
    static let maximumBytes = 1 << 20

    /// The policy of the file that the configuration names, or the standard one; nil, and every problem told, when the
    /// file is none.
    static func read(in values: inout ConfigurationValues) -> PromptPolicy? {
        guard let path = values[.policy].text else { return .standard }
        guard let data = try? FileHandle(forReadingFrom: URL(fileURLWithPath: path)).read(upToCount: maximumBytes + 1),
            data.count <= maximumBytes, let text = String(validating: data, as: UTF8.self)
        else {
            values.complain(
                about: .policy, "\(path) cannot be read, or is not UTF-8 of at most \(maximumBytes) bytes.")
            return nil
        }
        do {
            return try PromptPolicy(text: text)
        } catch {
            for problem in error.problems { values.complain(about: .policy, "\(path), \(problem)") }
            return nil
        }
    }
}
