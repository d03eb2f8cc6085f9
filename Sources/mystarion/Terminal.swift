import Foundation

/// What is written for people: results to standard output, everything else to standard error.
enum Terminal {
    /// Whether a person is watching standard error.
    static var isWatched: Bool { isatty(STDERR_FILENO) == 1 }

    /// Writes a line to standard output.
    static func say(_ line: String) {
        FileHandle.standardOutput.write(Data("\(line)\n".utf8))
    }

    /// Writes a line to standard error.
    static func note(_ line: String) {
        FileHandle.standardError.write(Data("\(line)\n".utf8))
    }

    /// Writes what went wrong to standard error.
    static func complain(_ message: String) {
        note("mystarion: \(message)")
    }

    /// Replaces the last line of standard error.
    static func show(_ line: String) {
        FileHandle.standardError.write(Data("\r\u{1B}[K\(line)".utf8))
    }
}
