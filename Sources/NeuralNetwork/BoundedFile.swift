#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Small files that come from strangers, read as a whole.
package enum BoundedFile {
    /// Why a file was not read.
    package enum Problem: Error, Equatable, Sendable {
        /// There is no such file.
        case missing
        /// The path leads to a folder, a pipe, a device or something else that is not a file with bytes in it.
        case notAFile
        /// The file has more bytes than are read.
        case tooLarge
        /// The system refuses; the reason is its own.
        case unreadable(reason: String)
    }

    /// The bytes of a regular file.
    ///
    /// - Parameters:
    ///   - path: The file's path; symbolic links are followed, which the cache of the Hugging Face hub is made of.
    ///   - limit: The most bytes that it may have.
    package static func read(_ path: String, atMost limit: Int) throws(Problem) -> [UInt8] {
        let bytes = try beginning(path, atMost: limit + 1)
        guard bytes.count <= limit else { throw .tooLarge }
        return bytes
    }

    /// The first bytes of a regular file.
    ///
    /// - Parameters:
    ///   - path: The file's path; symbolic links are followed.
    ///   - limit: The most bytes that are read.
    package static func beginning(_ path: String, atMost limit: Int) throws(Problem) -> [UInt8] {
        // Without O_NONBLOCK, opening a pipe would wait for its other end.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else {
            throw errno == ENOENT || errno == ENOTDIR ? .missing : Self.systemProblem
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw Self.systemProblem }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile }
        // What the size says is only a hint: a file can grow, and those of /proc have none.
        var bytes: [UInt8] = []
        bytes.reserveCapacity(min(limit, Int(status.st_size)))
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count < limit {
            let count = piece.withUnsafeMutableBytes { systemRead(descriptor, $0) }
            if count == 0 { break }
            if count > 0 {
                bytes.append(contentsOf: piece[..<min(count, limit - bytes.count)])
            } else if errno != EINTR {
                throw Self.systemProblem
            }
        }
        return bytes
    }

    private static var systemProblem: Problem { .unreadable(reason: String(cString: strerror(errno))) }
}

/// The system's call, which has the name of a method here.
private func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
    read(descriptor, buffer.baseAddress, buffer.count)
}
