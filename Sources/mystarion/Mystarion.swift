import ArgumentParser
import CHost
import Foundation
import Output
import Privacy

/// The command line: `mystarion generate`, `upscale`, `serve`, `models`, `bench`, `mcp`, `privacy`, `audit`.
@main
struct Mystarion: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Turns words into pictures on this machine, and keeps neither.",
        discussion: """
            EXAMPLES
              mystarion generate "red heart"       write mystarion-SEED.png
              mystarion upscale heart.png          write heart-large.png, four times as large
              mystarion serve                      open the page
              mystarion models                     list what is installed
              mystarion mcp                        make pictures for a language model
              mystarion privacy                    try what the server is forbidden to do
              mystarion audit --spawn              search a server for what it was asked
            """,
        version: version,
        subcommands: [
            Generate.self, Upscale.self, Serve.self, Models.self, Bench.self, MCPCommand.self, Config.self,
            PrivacyCommand.self,
            AuditCommand.self,
        ])

    /// The program's version.
    static let version = "0.1.0"

    /// Runs the command that the arguments name, and ends the process with a status of `sysexits.h`.
    ///
    /// On the main thread, so that a command can protect the process before there is another one.
    @MainActor static func main() async {
        StandardDescriptors.openClosed()
        host_ignore_write_signals()
        forbidCrashReports()
        do {
            var command = try parseAsRoot()
            try ProcessLimits.check(command is any WorkingCommand ? .much : .little)
            if let protected = command as? any ProtectedCommand {
                try await protected.prepare()()
            } else if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            end(error)
        }
    }

    /// Ends the process with what an error has to say.
    private static func end(_ error: any Error) -> Never {
        guard let failure = error as? Failure else {
            // What the parser has to say: that the command line is wrong, or help that was asked for.
            let (text, code) = (fullMessage(for: error), exitCode(for: error))
            guard code == .success else {
                Terminal.note(text)
                Foundation.exit(code.rawValue)
            }
            do throws(Failure) {
                try Terminal.say(text)
            } catch {
                end(error)
            }
            Foundation.exit(code.rawValue)
        }
        Terminal.complain(failure.message)
        Foundation.exit(failure.status.rawValue)
    }
}
