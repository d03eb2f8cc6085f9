import ArgumentParser
import Foundation
import Privacy

/// The command line: `mystarion generate`, `serve`, `models`, `bench`, `privacy`, `audit`.
@main
struct Mystarion: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Turns words into pictures on this machine, and keeps neither.",
        discussion: """
            EXAMPLES
              mystarion generate "red heart"       write mystarion-SEED.png
              mystarion serve                      open the page
              mystarion models                     list what is installed
              mystarion privacy                    try what the server is forbidden to do
              mystarion audit --spawn              search a server for what it was asked
            """,
        version: version,
        subcommands: [
            Generate.self, Serve.self, Models.self, Bench.self, Config.self, PrivacyCommand.self, AuditCommand.self,
        ])

    /// The program's version.
    static let version = "0.1.0"

    /// Runs the command that the arguments name, and ends the process with a status of `sysexits.h`.
    ///
    /// On the main thread, so that a command can protect the process before there is another one.
    @MainActor static func main() async {
        forbidCrashReports()
        do {
            var command = try parseAsRoot()
            if let protected = command as? any ProtectedCommand {
                try await protected.prepare()()
            } else if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let failure as Failure {
            Terminal.complain(failure.message)
            Foundation.exit(failure.status.rawValue)
        } catch {
            exit(withError: error)
        }
    }
}
