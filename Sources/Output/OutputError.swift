#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Why something could not be written: what the system said.
package struct OutputError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The number of the system's error, an `errno`.
    package let code: Int32

    /// How many bytes had been written before.
    package let written: Int

    package init(code: Int32, written: Int = 0) {
        self.code = code
        self.written = written
    }

    /// The error of the last call of the system.
    static func last(written: Int = 0) -> OutputError { OutputError(code: errno, written: written) }

    /// The system's words, such as "No space left on device".
    package var description: String { String(cString: strerror(code)) }

    /// Whether nobody reads what is written any more.
    package var isBrokenPipe: Bool { code == EPIPE }

    /// Whether memory, not the place that was written to, was short.
    package var isOutOfMemory: Bool { code == ENOMEM }
}
