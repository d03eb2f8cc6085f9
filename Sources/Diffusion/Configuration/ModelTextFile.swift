import NeuralNetwork

/// A text file of a model's folder that is not JSON.
enum ModelTextFile {
    /// The text of a file of at most so many bytes.
    ///
    /// - Throws: A `ConfigurationError` that names the file.
    static func text(at path: String, atMost maximum: Int) throws(ConfigurationError) -> String {
        let bytes: [UInt8]
        do throws(BoundedFile.Problem) {
            bytes = try BoundedFile.read(path, atMost: maximum)
        } catch {
            switch error {
            case .missing:
                throw ConfigurationError(.missingFile, file: path, allowed: "the model's folder should have it")
            case .notAFile:
                throw ConfigurationError(
                    .unreadableFile, file: path, found: "it is not a regular file", allowed: "it has to be a file")
            case .tooLarge:
                throw ConfigurationError(
                    .fileTooLarge, file: path, found: "more than \(maximum) bytes",
                    allowed: "at most \(maximum) bytes are read")
            case .unreadable(let reason):
                throw ConfigurationError(
                    .unreadableFile, file: path, found: reason, allowed: "check that this process may read it")
            }
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw ConfigurationError(
                .unreadableFile, file: path, found: "it is not UTF-8", allowed: "it has to be text in UTF-8")
        }
        // Windows editors end lines with two characters.
        return text.unicodeScalars.contains("\r") ? text.replacing("\r\n", with: "\n") : text
    }
}
