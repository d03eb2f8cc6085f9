/// Reads a model's `vocabulary.txt`: the words and phrases that it was trained on, one a line.
package enum ModelVocabulary {
    package static let fileName = "vocabulary.txt"
    static let maximumBytes = 1 << 20
    static let maximumEntries = 50_000
    static let maximumLength = 64

    /// Reads the file of a model's folder.
    ///
    /// - Throws: A `ConfigurationError` that names the file and the line.
    package static func entries(in folder: ComponentFolder) throws(ConfigurationError) -> [String] {
        let path = folder.file(fileName)
        return try entries(from: try ModelTextFile.text(at: path, atMost: maximumBytes), at: path)
    }

    /// Reads the text of a file.
    package static func entries(from text: String, at path: String) throws(ConfigurationError) -> [String] {
        var entries: [String] = []
        for (number, line) in text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .enumerated()
        {
            let line = Substring(line)
            guard !line.isEmpty else { continue }
            let isText = line.unicodeScalars.allSatisfy { !$0.properties.isControl }
            guard line.unicodeScalars.count <= maximumLength, isText, entries.count < maximumEntries else {
                throw ConfigurationError(
                    .outOfRange, file: path, key: "line \(number + 1)",
                    found: "\(line.unicodeScalars.count) characters after \(entries.count) entries",
                    allowed: "up to \(maximumEntries) entries of up to \(maximumLength) characters, one a line")
            }
            entries.append(String(line))
        }
        return entries
    }
}

extension Unicode.Scalar.Properties {
    fileprivate var isControl: Bool { generalCategory == .control }
}
