import Foundation

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
        return try Self.decode(type, data: try Self.contents(ofFileAt: path), at: path)
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
        try decode(type, data: Data(json.utf8), at: path)
    }

    private static func decode<Configuration: Decodable>(
        _ type: Configuration.Type, data: Data, at path: String
    ) throws(ConfigurationError) -> Configuration {
        let decoder = JSONDecoder()
        decoder.userInfo[.configurationFile] = path
        do {
            return try decoder.decode(type, from: data)
        } catch let error as ConfigurationError {
            throw error
        } catch let error as DecodingError {
            throw ConfigurationError(
                .invalidJSON, file: path, found: Self.explanation(of: error, in: data),
                allowed: "it has to be a JSON object as diffusers and transformers write it")
        } catch {
            throw ConfigurationError(
                .invalidJSON, file: path, found: "\(type) could not be decoded",
                allowed: "it has to be a JSON object as diffusers and transformers write it")
        }
    }

    private static func contents(ofFileAt path: String) throws(ConfigurationError) -> Data {
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: resolved(path)) else {
            throw ConfigurationError(
                .missingFile, file: path, allowed: "a model folder in the diffusers layout has it")
        }
        guard attributes[.type] as? FileAttributeType == .typeRegular else {
            throw ConfigurationError(
                .unreadableFile, file: path, found: "it is not a regular file", allowed: "it has to be a file")
        }
        do {
            let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            defer { try? handle.close() }
            let data = try handle.read(upToCount: largestConfiguration + 1) ?? Data()
            guard data.count <= largestConfiguration else {
                throw ConfigurationError(
                    .fileTooLarge, file: path, found: "more than \(largestConfiguration) bytes",
                    allowed: "at most \(largestConfiguration) bytes are read")
            }
            return data
        } catch let error as ConfigurationError {
            throw error
        } catch {
            throw ConfigurationError(
                .unreadableFile, file: path, found: "opening or reading it failed",
                allowed: "check that this process may read it")
        }
    }

    /// The path behind symbolic links, which the cache of the Hugging Face hub is made of.
    private static func resolved(_ path: String) -> String {
        URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    }

    /// What is wrong with broken JSON, with line and column where they are known.
    ///
    /// Foundation's decoder does not tell where it stopped on Linux, but its older parser tells the offset.
    private static func explanation(of error: DecodingError, in data: Data) -> String {
        do {
            _ = try JSONSerialization.jsonObject(with: data)
        } catch {
            let words = ((error as NSError).userInfo[NSDebugDescriptionErrorKey] as? String)?.split(separator: " ")
            guard let words, let offset = words.last.flatMap({ Int($0.prefix { $0.isNumber }) }) else {
                return words?.joined(separator: " ") ?? "it cannot be parsed"
            }
            let lines = data.prefix(offset).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            let sentence = words.dropLast(3).joined(separator: " ")
            return "\(sentence) around line \(lines.count), column \((lines.last?.count ?? 0) + 1)"
        }
        switch error {
        case .dataCorrupted(let context), .typeMismatch(_, let context), .valueNotFound(_, let context),
            .keyNotFound(_, let context):
            return context.debugDescription
        @unknown default:
            return "it cannot be decoded"
        }
    }
}
