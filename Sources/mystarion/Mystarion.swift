import ArgumentParser
import Foundation

/// The command line: `mystarion generate`, `serve`, `models`, `bench`.
@main
struct Mystarion: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Turns words into pictures on this machine, and keeps neither.",
        discussion: """
            EXAMPLES
              mystarion generate "red heart"       write mystarion-SEED.png
              mystarion serve                      open the page
              mystarion models                     list what is installed
            """,
        version: version, subcommands: [Generate.self, Serve.self, Models.self, Bench.self, Config.self])

    /// The program's version.
    static let version = "0.1.0"

    /// Runs the command that the arguments name, and ends the process with a status of `sysexits.h`.
    static func main() async {
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
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
