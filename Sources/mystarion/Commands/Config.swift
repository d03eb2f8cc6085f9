import ArgumentParser
import Moderation

/// `mystarion config`: what the service can be told, and whether what it was told can be.
struct Config: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check or list the configuration of 'mystarion serve'.",
        subcommands: [Check.self, List.self, Policy.self])

    /// `mystarion config check`.
    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print every value in force and where it comes from, or every problem.",
            discussion: """
                Takes the flags of 'mystarion serve'. Flags win over the environment, the environment over the file.
                Ends with status 78 when the configuration cannot be.

                EXAMPLES
                  mystarion config check
                  mystarion config check --config ./mystarion.yaml
                """)

        @OptionGroup var options: ServiceOptions

        func run() throws {
            var values = options.values
            guard let configuration = ServiceConfiguration(&values) else {
                throw Failure(values.problems, checking: true)
            }
            let rows = Setting.allCases.map { setting in
                let value = values[setting]
                return [setting.key, value.text ?? "", origin(value.source, of: setting)]
            }
            let widths = [0, 1].map { column in rows.map { $0[column].count }.max() ?? 0 }
            for row in rows {
                let cells = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
                try Terminal.say("\(cells.joined(separator: "  "))  \(row[2])")
            }
            for remark in configuration.remarks { Terminal.complain(remark) }
        }

        private func origin(_ source: ConfigurationProblem.Source, of setting: Setting) -> String {
            switch source {
            case .flag: setting.flag
            case .environment: setting.variable
            case .file(let path): path
            case .standard: "default"
            }
        }
    }

    /// `mystarion config list`.
    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print a configuration file with every key, its meaning and its default.",
            discussion: """
                EXAMPLES
                  mystarion config list
                  mystarion config list > mystarion.yaml
                """)

        func run() throws {
            try Terminal.say(Setting.allCases.map(\.documentation).joined(separator: "\n\n"))
        }
    }

    /// `mystarion config policy`.
    struct Policy: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the standard prompt policy, to start one of your own from.",
            discussion: """
                docs/moderation.md says how a policy is written. 'mystarion config check --policy FILE' checks one.

                EXAMPLES
                  mystarion config policy > policy.txt
                  mystarion serve --policy policy.txt
                """)

        func run() throws {
            try Terminal.say(PromptPolicy.standardText)
        }
    }
}

extension Setting {
    /// The key as comments and a line of a file.
    fileprivate var documentation: String {
        let allowed = "\(kind.allowed.prefix(1).uppercased())\(kind.allowed.dropFirst())"
        return """
            # \(help)
            # \(allowed). \(variable), \(flag)
            #\(key):\(standard.map { " \($0)" } ?? "")
            """
    }
}
