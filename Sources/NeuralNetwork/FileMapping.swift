#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A file's bytes, mapped into memory for reading.
///
/// Safe to share: the bytes are never written, and the address is unmapped only when the last reference goes.
final class FileMapping: @unchecked Sendable {
    /// The whole file; empty when the file is.
    let bytes: UnsafeRawBufferPointer

    init(_ path: String) throws(SafetensorsError) {
        // Without O_NONBLOCK, opening a pipe would wait for its other end.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw Self.systemError(path) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw Self.systemError(path) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile(file: path) }
        let size = Int(status.st_size)
        guard size > 0 else {
            bytes = UnsafeRawBufferPointer(start: nil, count: 0)
            return
        }
        guard let address = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0), address != MAP_FAILED else {
            throw Self.systemError(path)
        }
        // Pages of a file never go to swap, so that locking them, as a server does with all that it maps, keeps them in
        // memory for nothing.
        munlock(address, size)
        bytes = UnsafeRawBufferPointer(start: address, count: size)
    }

    deinit {
        if let address = bytes.baseAddress { munmap(UnsafeMutableRawPointer(mutating: address), bytes.count) }
    }

    /// Lets go of the whole pages inside `range`; they are read from the file again when next touched.
    func release(_ range: Range<Int>) {
        guard let address = bytes.baseAddress else { return }
        let page = Int(getpagesize())
        let first = (range.lowerBound + page - 1) / page * page
        let last = range.upperBound / page * page
        guard first < last else { return }
        madvise(UnsafeMutableRawPointer(mutating: address + first), last - first, MADV_DONTNEED)
    }

    private static func systemError(_ path: String) -> SafetensorsError {
        .unreadable(file: path, reason: String(cString: strerror(errno)))
    }
}
