#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Memory for vectors: aligned to a cache line, and large blocks to huge pages, which the system then prefers.
///
/// Huge pages spare most page faults of a first touch and most misses of address translation later.
enum AlignedMemory {
    private static let hugePage = 2 << 20

    /// Takes memory from the system; give it back with `free`.
    ///
    /// Models and requests are held against what there is before they get here. Where that was not enough, the process ends
    /// with a sentence.
    static func allocate(bytes: Int) -> UnsafeMutableRawPointer {
        let isLarge = bytes >= hugePage
        let size = (bytes + 63) / 64 * 64
        guard let memory = aligned_alloc(isLarge ? hugePage : 64, max(size, 64)) else {
            endOutOfMemory()
        }
        #if os(Linux)
            // Whole huge pages only: a last one, touched in part, would be resident in full.
            if isLarge { madvise(memory, bytes / hugePage * hugePage, Int32(MADV_HUGEPAGE)) }
        #endif
        return memory
    }

    /// Ends the process with a sentence and status 71 (`EX_OSERR`), without anything that needs memory itself.
    private static func endOutOfMemory() -> Never {
        let message: StaticString = "mystarion: the system gives no more memory; a limit is set, or others use it.\n"
        var entry = pollfd(fd: STDERR_FILENO, events: Int16(POLLOUT), revents: 0)
        if poll(&entry, 1, 0) > 0 { _ = write(STDERR_FILENO, message.utf8Start, message.utf8CodeUnitCount) }
        _exit(71)
    }
}
