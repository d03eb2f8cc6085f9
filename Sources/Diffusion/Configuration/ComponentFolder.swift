import Foundation
import NeuralNetwork

/// A folder of one part of a model, such as `unet/`, or of the model as a whole.
public struct ComponentFolder: Sendable, Hashable {
    /// The most bytes that a JSON file about a model may have.
    public static let largestConfiguration = 1 << 20

    /// The folder's path.
    public let path: String

    /// Names a folder; nothing is opened yet.
    public init(_ path: String) {
        self.path = path
    }

    /// The folder of a part of this one.
    public func folder(_ name: String) -> ComponentFolder {
        ComponentFolder(path + "/" + name)
    }

    /// The path of a file in this folder.
    public func file(_ name: String) -> String {
        path + "/" + name
    }

    /// Whether the folder has a file of this name.
    public func contains(_ name: String) -> Bool {
        FileManager.default.fileExists(atPath: file(name))
    }

    /// Reads a JSON file into a configuration.
    ///
    /// - Parameters:
    ///   - type: The configuration to read.
    ///   - name: The file's name in this folder.
    /// - Throws: A ``ConfigurationError`` that names the file and, where there is one, the key.
    public func configuration<Configuration: Decodable>(
        _ type: Configuration.Type = Configuration.self, from name: String = "config.json"
    ) throws(ConfigurationError) -> Configuration {
        let path = file(name)
        return try Self.decode(type, bytes: try Self.contents(ofFileAt: path), at: path)
    }

    /// Reads a configuration from JSON text.
    ///
    /// - Parameters:
    ///   - type: The configuration to read.
    ///   - json: The text.
    ///   - path: Where the text is from, for errors.
    /// - Throws: A ``ConfigurationError`` that names the path and, where there is one, the key.
    public static func decode<Configuration: Decodable>(
        _ type: Configuration.Type = Configuration.self, from json: String, at path: String
    ) throws(ConfigurationError) -> Configuration {
        try decode(type, bytes: Array(json.utf8), at: path)
    }

    private static func decode<Configuration: Decodable>(
        _ type: Configuration.Type, bytes: [UInt8], at path: String
    ) throws(ConfigurationError) -> Configuration {
        // Windows editors put a mark before the text.
        let bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
        func invalid(_ found: String) -> ConfigurationError {
            ConfigurationError(
                .invalidJSON, file: path, found: found,
                allowed: "it has to be a JSON object as diffusers and transformers write it")
        }
        // Foundation's decoder does not survive everything that a file can hold.
        do throws(JSONError) {
            try JSONScanner.check(bytes)
        } catch {
            if let format = ForeignFormat(beginning: bytes) { throw invalid("it is \(format.explanation)") }
            throw invalid("\(error)\(Self.place(of: error.offset, in: bytes))")
        }
        let decoder = JSONDecoder()
        decoder.userInfo[.configurationFile] = path
        do {
            return try decoder.decode(type, from: Data(bytes))
        } catch let error as ConfigurationError {
            throw error
        } catch let error as DecodingError {
            throw invalid(Self.explanation(of: error))
        } catch {
            throw invalid("\(type) could not be decoded")
        }
    }

    private static func contents(ofFileAt path: String) throws(ConfigurationError) -> [UInt8] {
        do throws(BoundedFile.Problem) {
            return try BoundedFile.read(path, atMost: largestConfiguration)
        } catch {
            switch error {
            case .missing:
                throw ConfigurationError(
                    .missingFile, file: path, allowed: "a model folder in the diffusers layout has it")
            case .notAFile:
                throw ConfigurationError(
                    .unreadableFile, file: path, found: "it is not a regular file", allowed: "it has to be a file")
            case .tooLarge:
                throw ConfigurationError(
                    .fileTooLarge, file: path, found: "more than \(largestConfiguration) bytes",
                    allowed: "at most \(largestConfiguration) bytes are read")
            case .unreadable(let reason):
                throw ConfigurationError(
                    .unreadableFile, file: path, found: reason, allowed: "check that this process may read it")
            }
        }
    }

    /// Where a byte is, as editors show it.
    private static func place(of offset: Int, in bytes: [UInt8]) -> String {
        let lines = bytes.prefix(offset).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        return ", which is in line \(max(1, lines.count)), column \((lines.last?.count ?? 0) + 1)"
    }

    private static func explanation(of error: DecodingError) -> String {
        switch error {
        case .dataCorrupted(let context), .typeMismatch(_, let context), .valueNotFound(_, let context),
            .keyNotFound(_, let context):
            return context.debugDescription
        @unknown default:
            return "it cannot be decoded"
        }
    }
}
