#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A descriptor of the system that bytes are written to, with every failure told and none that ends the process.
///
/// Foundation's `FileHandle.write(_:)` ends the process where a disk is full or a reader is gone, and so does the signal
/// SIGPIPE; the program ignores that signal from its start.
package struct OutputDescriptor: Sendable {
    /// Where results go.
    package static let standardOutput = OutputDescriptor(number: STDOUT_FILENO)

    /// Where everything else goes.
    package static let standardError = OutputDescriptor(number: STDERR_FILENO)

    /// The descriptor's number.
    package let number: Int32

    package init(number: Int32) { self.number = number }

    /// Whether a person is watching.
    package var isTerminal: Bool { isatty(number) == 1 }

    /// Writes text as UTF-8, however long that takes.
    package func write(_ text: String) throws(OutputError) { try write(Array(text.utf8)) }

    /// Writes bytes, however long that takes.
    package func write(_ bytes: [UInt8]) throws(OutputError) { try write(bytes, waitingAtMost: nil) }

    /// Writes text as UTF-8 if somebody takes it soon, and says whether that was so.
    @discardableResult
    package func write(_ text: String, waitingAtMost limit: Duration) -> Bool {
        do {
            try write(Array(text.utf8), waitingAtMost: limit)
            return true
        } catch {
            return false
        }
    }

    /// What is written at once where nothing may be waited for: a pipe that can be written to takes so much without
    /// making the writer wait (POSIX: PIPE_BUF).
    private static let pieceBytes = 4_096

    private func write(_ bytes: [UInt8], waitingAtMost limit: Duration?) throws(OutputError) {
        var written = 0
        while written < bytes.count {
            if let limit { try waitUntilReady(atMost: limit, written: written) }
            let length = limit == nil ? bytes.count - written : min(Self.pieceBytes, bytes.count - written)
            let count = bytes.withUnsafeBytes { systemWrite(number, $0.baseAddress.map { $0 + written }, length) }
            if count >= 0 {
                written += count
            } else if errno == EAGAIN || errno == EWOULDBLOCK {
                // Somebody else who has the terminal or pipe open has made it so.
                try waitUntilReady(atMost: limit, written: written)
            } else if errno != EINTR {
                throw .last(written: written)
            }
        }
    }

    private func waitUntilReady(atMost limit: Duration?, written: Int) throws(OutputError) {
        var entry = pollfd(fd: number, events: Int16(POLLOUT), revents: 0)
        let milliseconds = limit.map { Int32(clamping: Int64($0 / .milliseconds(1))) } ?? -1
        while true {
            let count = poll(&entry, 1, milliseconds)
            if count > 0 { return }
            if count == 0 { throw OutputError(code: EAGAIN, written: written) }
            guard errno == EINTR else { throw .last(written: written) }
        }
    }
}

/// The system's call, which has the name of a method here.
private func systemWrite(_ number: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    guard let bytes else { return 0 }
    return write(number, bytes, count)
}
