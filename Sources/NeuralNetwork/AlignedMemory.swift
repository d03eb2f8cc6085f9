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
    static func allocate(bytes: Int) -> UnsafeMutableRawPointer {
        let isLarge = bytes >= hugePage
        let size = (bytes + 63) / 64 * 64
        guard let memory = aligned_alloc(isLarge ? hugePage : 64, max(size, 64)) else {
            preconditionFailure("out of memory: \(bytes) bytes were wanted")
        }
        #if os(Linux)
            // Whole huge pages only: a last one, touched in part, would be resident in full.
            if isLarge { madvise(memory, bytes / hugePage * hugePage, Int32(MADV_HUGEPAGE)) }
        #endif
        return memory
    }
}
