/// Why a model's JSON file cannot be used: which file, which key, what it says there, and what would be allowed.
///
/// The text quotes a model's own files only, never anything that belongs to a request.
public struct ConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The kinds of trouble that a JSON file of a model can be in.
    public enum Problem: Sendable, Equatable {
        /// There is no such file.
        case missingFile
        /// The file is there, but cannot be read, or is no regular file.
        case unreadableFile
        /// The file is larger than any such file has a reason to be.
        case fileTooLarge
        /// The file is not JSON.
        case invalidJSON
        /// A key that has no default is not there.
        case missingKey
        /// The value is of another JSON type than the key's.
        case wrongType
        /// The value is of the right type but too small or too large.
        case outOfRange
        /// The value contradicts the value of another key.
        case inconsistent
        /// The value is one that other software knows and this engine does not compute.
        case unsupported
    }

    /// What kind of trouble it is.
    public let problem: Problem

    /// The file's path as it was opened.
    public let file: String

    /// The key in the file, nil when the trouble is with the file as a whole.
    public let key: String?

    /// The value that the file has there, as JSON cut to a readable length; nil when there is none.
    public let found: String?

    /// What would be allowed there, or what to do about it, in words that complete a sentence.
    public let allowed: String

    /// Makes an error; see the properties for the meaning of the parameters.
    public init(_ problem: Problem, file: String, key: String? = nil, found: String? = nil, allowed: String) {
        self.problem = problem
        self.file = file
        self.key = key
        self.found = found.map { $0.count > 160 ? $0.prefix(160) + "…" : $0 }
        self.allowed = allowed
    }

    /// One sentence that a person can act on.
    public var description: String {
        let place = key.map { "\(file): \"\($0)\"" } ?? file
        let value = found ?? "nothing"
        switch problem {
        case .missingFile: return "\(place) does not exist; \(allowed)."
        case .unreadableFile: return "\(place) cannot be read (\(value)); \(allowed)."
        case .fileTooLarge: return "\(place) is too large (\(value)); \(allowed)."
        case .invalidJSON: return "\(place) is not valid JSON (\(value)); \(allowed)."
        case .missingKey: return "\(place) is missing; allowed: \(allowed)."
        case .wrongType: return "\(place) is \(value), which is of the wrong type; allowed: \(allowed)."
        case .outOfRange: return "\(place) is \(value), which is out of range; allowed: \(allowed)."
        case .inconsistent: return "\(place) is \(value), which contradicts another key; allowed: \(allowed)."
        case .unsupported: return "\(place) is \(value), which this engine does not support; allowed: \(allowed)."
        }
    }
}
