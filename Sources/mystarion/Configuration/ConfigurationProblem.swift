/// Something in the configuration that cannot be: where it is, and what is allowed.
struct ConfigurationProblem: Sendable, Equatable {
    /// Where a value was written.
    enum Source: Sendable, Hashable {
        case flag, environment, file(String), standard
    }

    let source: Source
    let message: String

    /// A value that its key does not allow.
    static func badValue(_ text: String, of setting: Setting, from source: Source) -> ConfigurationProblem {
        ConfigurationProblem(
            source: source,
            message: "\(source.name(of: setting)): '\(text)' is not allowed; it must be \(setting.kind.allowed).")
    }
}

extension ConfigurationProblem.Source {
    /// How the source names a key.
    func name(of setting: Setting) -> String {
        switch self {
        case .flag: setting.flag
        case .environment: setting.variable
        case .file(let path): "\(path), '\(setting.key)'"
        case .standard: setting.key
        }
    }
}

extension Failure {
    /// Every problem of a configuration, a line each.
    ///
    /// Mistakes on the command line alone are the caller's; others are the configuration's.
    init(_ problems: [ConfigurationProblem], checking: Bool = false) {
        let isUsage = !checking && problems.allSatisfy { $0.source == .flag }
        let lines = problems.map(\.message)
        let text = lines.count == 1 ? lines[0] : "\(lines.count) problems:\n  " + lines.joined(separator: "\n  ")
        self.init(isUsage ? .usage : .configuration, text)
    }
}
