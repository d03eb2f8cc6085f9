#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Descriptors 0, 1 and 2, which every program takes for its own.
package enum StandardDescriptors {
    /// Opens those that the caller has closed, so that no file or connection is given one of their numbers and is written
    /// to by mistake.
    ///
    /// What is read from them or written to them fails, as it would if they were closed.
    package static func openClosed() {
        for number in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(number, F_GETFD) < 0 {
            // The lowest free number is the one that is closed, since those before it are open.
            let mode = number == STDIN_FILENO ? O_WRONLY : O_RDONLY
            if open("/dev/null", mode) < 0 { _ = open("/", O_RDONLY) }
        }
    }
}
