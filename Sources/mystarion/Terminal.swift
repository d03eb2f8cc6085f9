import Output

/// What is written for people: results to standard output, everything else to standard error.
///
/// A result that cannot be written ends the command, since it is what the command is for. Nothing waits long for standard
/// error: a message that nobody takes is dropped.
enum Terminal {
    /// Whether a person is watching standard error.
    static var isWatched: Bool { OutputDescriptor.standardError.isTerminal }

    /// How long a message waits for a terminal that is stopped or a pipe that is full.
    private static var patience: Duration { .seconds(1) }

    /// Writes a line to standard output.
    static func say(_ line: String) throws(Failure) {
        do {
            try OutputDescriptor.standardOutput.write("\(line)\n")
        } catch {
            throw Failure(.readOrWrite, "standard output cannot be written to: \(error).")
        }
    }

    /// Writes a line to standard error.
    static func note(_ line: String) {
        OutputDescriptor.standardError.write("\(printable(line))\n", waitingAtMost: patience)
    }

    /// Writes what went wrong to standard error.
    static func complain(_ message: String) {
        note("mystarion: \(message)")
    }

    /// Replaces the last line of standard error, if that is possible at once.
    static func show(_ line: String) {
        OutputDescriptor.standardError.write("\r\u{1B}[K\(printable(line))", waitingAtMost: .zero)
    }

    /// Text without what terminals take for commands: a model's files may hold anything.
    static func printable(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control where scalar != "\n" && scalar != "\t": result.append("\u{FFFD}")
            case .format where scalar != "\u{200D}": result.append("\u{FFFD}")
            default: result.append(scalar)
            }
        }
        return String(result)
    }
}
