import ArgumentParser
import Foundation
import Privacy

/// `mystarion privacy`: what the server takes away from itself, tried on this machine.
struct PrivacyCommand: ProtectedCommand {
    static let configuration = CommandConfiguration(
        commandName: "privacy",
        abstract: "Put the server's protections in force over this process, and try each.",
        discussion: """
            Before `mystarion serve` reads a model it takes away from itself what could carry off a prompt: writing files,
            opening connections, running programs, and more. This does the same on this machine, tries what is
            forbidden, and says what is in force. It ends with status 69 when something is not.

            EXAMPLES
              mystarion privacy
              mystarion privacy --json
              mystarion privacy --user mystarion
            """)

    @Flag(help: "Print JSON.")
    var json = false

    @Option(help: ArgumentHelp("As root: the user to become first.", valueName: "text"))
    var user: String?

    func prepare() throws -> @Sendable () async throws -> Void {
        OpenFiles.closeInherited()
        let user = try user.map { name in
            guard let user = ServiceUser(named: name) else { throw ValidationError("There is no such user.") }
            return user
        }
        let statuses = try ProcessProtections(readable: [], user: user).enforceOrFail()
        if ServiceUser.isRoot { Terminal.complain(Serve.rootRemark) }
        if json {
            try printJSON(statuses)
        } else {
            for line in statuses.table { try Terminal.say(line) }
        }
        return { if !statuses.allSatisfy(\.isInForce) { Foundation.exit(Failure.Status.unavailable.rawValue) } }
    }

    private struct Row: Encodable {
        let protection: String
        let summary: String
        let inForce: Bool

        enum CodingKeys: String, CodingKey {
            case protection, summary
            case inForce = "in_force"
        }
    }

    private func printJSON(_ statuses: [ProtectionStatus]) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let rows = statuses.map {
            Row(protection: $0.protection.rawValue, summary: $0.protection.summary, inForce: $0.isInForce)
        }
        try Terminal.say(String(decoding: try encoder.encode(rows), as: UTF8.self))
    }
}
