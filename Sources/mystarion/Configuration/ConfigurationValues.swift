import Configuration
import Foundation

/// The values in force, each from the first source that has it: flags, the environment, the file, the defaults.
struct ConfigurationValues: Sendable {
    /// A value and where it comes from.
    struct Value: Sendable {
        /// What was written; nil where nothing was and nothing is the default.
        let text: String?
        let source: ConfigurationProblem.Source
    }

    private var values: [Setting: Value] = [:]

    /// What cannot be, in the order of the sources and keys.
    private(set) var problems: [ConfigurationProblem] = []

    /// Reads all sources.
    ///
    /// - Parameters:
    ///   - flags: What was given on the command line.
    ///   - file: The file's path; `MYSTARION_CONFIG`, or the standard one if it exists, when nil.
    ///   - environment: The environment's variables.
    init(
        flags: [Setting: String], file: String?, environment: [String: String] = ProcessInfo.processInfo.environment
    ) {
        let standard =
            FileManager.default.fileExists(atPath: ConfigurationFile.standardPath)
            ? ConfigurationFile.standardPath : nil
        let path = file ?? environment["MYSTARION_CONFIG"] ?? standard

        let flagValues = flags.map {
            (AbsoluteConfigKey([$0.key.key]), ConfigValue(.string($0.value), isSecret: false))
        }
        var sources: [(source: ConfigurationProblem.Source, prefix: [String], snapshot: any ConfigSnapshot)] = [
            (.flag, [], InMemoryProvider(values: Dictionary(uniqueKeysWithValues: flagValues)).snapshot()),
            (.environment, ["mystarion"], EnvironmentVariablesProvider(environmentVariables: environment).snapshot()),
        ]
        if let path { sources.append((.file(path), [], ConfigurationFile.read(path, problems: &problems))) }

        for setting in Setting.allCases {
            values[setting] = Value(text: setting.standard, source: .standard)
            for (source, prefix, snapshot) in sources {
                guard let text = text(of: setting, in: snapshot, prefix: prefix, source: source) else { continue }
                values[setting] = Value(text: text, source: source)
                if !setting.kind.accepts(text) { problems.append(.badValue(text, of: setting, from: source)) }
                break
            }
        }
    }

    /// The value of a key.
    subscript(setting: Setting) -> Value { values[setting] ?? Value(text: nil, source: .standard) }

    /// How many keys have another value than when nobody says.
    var changes: Int { values.values.count { $0.source != .standard } }

    /// Tells a problem that several keys have together.
    mutating func complain(about setting: Setting, _ message: String) {
        let source = self[setting].source
        problems.append(ConfigurationProblem(source: source, message: "\(source.name(of: setting)): \(message)"))
    }

    /// The key's number; nil when it is not set, or is not allowed.
    func whole(_ setting: Setting) -> Int? { allowed(setting).flatMap { Int($0) } }

    /// The key's truth; nil when it is not set, or is not allowed.
    func truth(_ setting: Setting) -> Bool? { allowed(setting).flatMap(Bool.init) }

    /// The key's number of bytes; nil when it is not set, or is not allowed.
    func bytes(_ setting: Setting) -> Int? { allowed(setting).flatMap(SettingKind.bytes) }

    /// The key's list; empty when it is not set, or is not allowed.
    func list(_ setting: Setting) -> [String] { allowed(setting).map(SettingKind.list) ?? [] }

    /// A value that nobody has to check again: what is not allowed is a problem, and is not computed with.
    private func allowed(_ setting: Setting) -> String? {
        self[setting].text.flatMap { setting.kind.accepts($0) ? $0 : nil }
    }

    private mutating func text(
        of setting: Setting, in snapshot: any ConfigSnapshot, prefix: [String], source: ConfigurationProblem.Source
    ) -> String? {
        do {
            let value = try snapshot.value(forKey: AbsoluteConfigKey(prefix + [setting.key]), type: .string).value
            guard case .string(let text) = value?.content else { return nil }
            return text
        } catch {
            problems.append(
                ConfigurationProblem(
                    source: source, message: "\(source.name(of: setting)): it must be a single value."))
            return nil
        }
    }
}
