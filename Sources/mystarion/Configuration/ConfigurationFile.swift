import Configuration
import Foundation
import Yams

/// A YAML file of keys and values, without deeper levels.
enum ConfigurationFile {
    /// Where the file is looked for when none is named.
    static let standardPath = "/etc/mystarion.yaml"

    /// The most bytes that a file may have.
    static let maximumBytes = 1 << 20

    /// Reads a file's values, and tells what is wrong with it as a whole and with its keys.
    static func read(_ path: String, problems: inout [ConfigurationProblem]) -> any ConfigSnapshot {
        let nothing = InMemoryProvider(values: [:]).snapshot()
        func complain(_ message: String) {
            problems.append(ConfigurationProblem(source: .file(path), message: "\(path)\(message)"))
        }
        guard let data = try? FileHandle(forReadingFrom: URL(fileURLWithPath: path)).read(upToCount: maximumBytes + 1)
        else {
            complain(" cannot be read.")
            return nothing
        }
        guard data.count <= maximumBytes else {
            complain(" is too large; at most \(maximumBytes) bytes are allowed.")
            return nothing
        }
        do {
            // A file of comments alone has no root.
            guard let root = try Yams.compose(yaml: String(decoding: data, as: UTF8.self)) else { return nothing }
            guard let mapping = root.mapping else {
                complain(" must hold lines of 'key: value'.")
                return nothing
            }
            for (key, value) in mapping {
                let name = key.string ?? ""
                if Setting(rawValue: name) == nil {
                    complain(", '\(name)': there is no such key; 'mystarion config list' shows all.")
                } else if value.mapping != nil {
                    complain(", '\(name)': it must be a single value.")
                }
            }
            return try YAMLSnapshot(data: Array(data).span.bytes, providerName: path, parsingOptions: .default)
        } catch {
            complain(" is no YAML that can be used: \(error)")
            return nothing
        }
    }
}
