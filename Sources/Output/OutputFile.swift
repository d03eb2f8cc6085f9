#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A place for one file, which is there as a whole or as it was before.
///
/// The bytes are written to a new file in the same folder, which then takes the place of what has the name. Where a
/// name is a link, what it leads to is replaced and the link stays. What is no file, such as a pipe or a terminal, and a
/// file in a folder that no new one can be made in, is written to as it is.
package struct OutputFile: Sendable {
    /// The path as it was given.
    package let path: String

    /// The path behind symbolic links.
    private let target: String
    private let kind: Kind

    private enum Kind: Sendable {
        /// Replaced by a new file; with the permissions of the one that is there, if one is.
        case replaced
        /// A file that is overwritten in place.
        case overwritten
        /// A pipe, a terminal, or another device.
        case stream
    }

    /// Whether what has the path is a pipe, a terminal or another device.
    package var isStream: Bool { kind == .stream }

    /// Looks at a place, and tries whether a file can be made there.
    package init(_ path: String) throws(OutputError) {
        self.path = path
        // What the system shows of open files looks like links, but leads to what may have no name.
        let isDescriptor = path.hasPrefix("/dev/fd/") || path.hasPrefix("/proc/")
        target = isDescriptor ? path : Self.resolved(path)
        var status = stat()
        guard stat(target, &status) == 0 else {
            guard errno == ENOENT else { throw .last() }
            try Self.tryToMakeFile(beside: target)
            kind = .replaced
            return
        }
        switch status.st_mode & S_IFMT {
        case S_IFDIR: throw OutputError(code: EISDIR)
        case S_IFREG where !isDescriptor:
            do throws(OutputError) {
                try Self.tryToMakeFile(beside: target)
                // A file that may not be written to is not replaced either.
                guard access(target, W_OK) == 0 else { throw .last() }
                kind = .replaced
            } catch {
                guard access(target, W_OK) == 0 else { throw error }
                kind = .overwritten
            }
        default:
            guard access(target, W_OK) == 0 else { throw .last() }
            kind = .stream
        }
    }

    /// Writes the file.
    package func write(_ bytes: [UInt8]) throws(OutputError) {
        switch kind {
        case .replaced:
            do throws(OutputError) {
                try replace(with: bytes)
            } catch {
                // Something is mounted there, or is another user's: it cannot be replaced, but perhaps written to.
                guard [EBUSY, EXDEV, EPERM, EACCES].contains(error.code) else { throw error }
                try overwrite(with: bytes)
            }
        case .overwritten: try overwrite(with: bytes)
        case .stream:
            let descriptor = try Self.open(target, O_WRONLY | O_CLOEXEC | O_NOCTTY)
            defer { close(descriptor) }
            try OutputDescriptor(number: descriptor).write(bytes)
        }
    }

    private func replace(with bytes: [UInt8]) throws(OutputError) {
        var status = stat()
        let isThere = stat(target, &status) == 0
        let permissions = isThere ? status.st_mode & 0o777 : 0o666
        let (descriptor, name) = try Self.makeFile(beside: target, permissions: permissions)
        do throws(OutputError) {
            defer { close(descriptor) }
            if isThere {
                // As far as the system lets us; the picture matters more than whose it is.
                _ = fchown(descriptor, status.st_uid, status.st_gid)
                fchmod(descriptor, permissions)
            }
            try OutputDescriptor(number: descriptor).write(bytes)
            // Some file systems tell only now that there is no room. Others have nothing to be told.
            if fsync(descriptor) != 0, errno != EINVAL, errno != EROFS { throw .last() }
        } catch {
            unlink(name)
            throw error
        }
        guard rename(name, target) == 0 else {
            let error = OutputError.last()
            unlink(name)
            throw error
        }
    }

    private func overwrite(with bytes: [UInt8]) throws(OutputError) {
        let descriptor = try Self.open(target, O_WRONLY | O_CLOEXEC)
        defer { close(descriptor) }
        #if os(Linux)
            // Before anything is lost that was in the file, there has to be room for what comes.
            var status = stat()
            guard fstat(descriptor, &status) == 0 else { throw .last() }
            let code = posix_fallocate(descriptor, 0, bytes.count)
            if code != 0, code != EINVAL, code != EOPNOTSUPP {
                _ = ftruncate(descriptor, status.st_size)
                throw OutputError(code: code)
            }
        #endif
        try OutputDescriptor(number: descriptor).write(bytes)
        guard ftruncate(descriptor, bytes.count) == 0 else { throw .last() }
        if fsync(descriptor) != 0, errno != EINVAL, errno != EROFS { throw .last() }
    }

    /// Makes an empty file with a name of its own and removes it.
    private static func tryToMakeFile(beside target: String) throws(OutputError) {
        let (descriptor, name) = try makeFile(beside: target, permissions: 0o600)
        close(descriptor)
        unlink(name)
    }

    /// Makes an empty file in the folder of another, hidden until it has its name.
    private static func makeFile(
        beside target: String, permissions: mode_t
    ) throws(OutputError) -> (descriptor: Int32, name: String) {
        let folder = target.lastIndex(of: "/").map { target[...$0] } ?? ""
        while true {
            let name = "\(folder).mystarion-\(UInt64.random(in: 0...UInt64.max)).part"
            do throws(OutputError) {
                let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC
                return (try open(name, flags, permissions: permissions), name)
            } catch {
                guard error.code == EEXIST else { throw error }
            }
        }
    }

    private static func open(_ path: String, _ flags: Int32, permissions: mode_t = 0) throws(OutputError) -> Int32 {
        while true {
            let descriptor = systemOpen(path, flags, permissions)
            if descriptor >= 0 { return descriptor }
            guard errno == EINTR else { throw .last() }
        }
    }

    /// Follows symbolic links, also those that lead to nothing yet.
    private static func resolved(_ path: String) -> String {
        var path = path
        // As many as the system follows.
        for _ in 0..<40 {
            var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
            let length = readlink(path, &buffer, buffer.count - 1)
            guard length > 0 else { break }
            let link = String(decoding: buffer[..<length].map(UInt8.init(bitPattern:)), as: UTF8.self)
            path = link.hasPrefix("/") ? link : folder(of: path) + link
        }
        return path
    }

    private static func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    }
}

/// The system's call, which has the name of a method here.
private func systemOpen(_ path: String, _ flags: Int32, _ permissions: mode_t) -> Int32 {
    open(path, flags, permissions)
}
