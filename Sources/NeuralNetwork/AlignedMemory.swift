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
        let alignment = bytes >= hugePage ? hugePage : 64
        let size = (bytes + alignment - 1) / alignment * alignment
        guard let memory = aligned_alloc(alignment, max(size, alignment)) else {
            preconditionFailure("out of memory: \(bytes) bytes were wanted")
        }
        #if os(Linux)
            if alignment == hugePage { madvise(memory, size, Int32(MADV_HUGEPAGE)) }
        #endif
        return memory
    }
}
