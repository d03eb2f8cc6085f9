#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Memory for weights, which may go to swap: they are nobody's secret, and models that are not in use make room.
///
/// A server locks whatever else it writes to. Blocks are aligned as ``AlignedMemory`` aligns them.
enum WeightMemory {
    private static let hugePage = 2 << 20

    /// The fewest bytes that get a mapping of their own; locking the rest costs little.
    static let leastBytes = 1 << 20

    /// Takes memory from the system; give it back with ``free(_:bytes:)``.
    static func allocate(bytes: Int) -> UnsafeMutableRawPointer {
        guard bytes >= leastBytes else { return AlignedMemory.allocate(bytes: bytes) }
        let size = mappedBytes(bytes)
        #if os(Linux)
            let flags = MAP_PRIVATE | MAP_ANONYMOUS
        #else
            let flags = MAP_PRIVATE | MAP_ANON
        #endif
        guard let mapping = mmap(nil, size + hugePage, PROT_READ | PROT_WRITE, flags, -1, 0), mapping != MAP_FAILED
        else { preconditionFailure("out of memory: \(bytes) bytes were wanted") }
        // What lies before and behind the aligned block goes back.
        let lead = (hugePage - Int(bitPattern: mapping) % hugePage) % hugePage
        let block = mapping + lead
        if lead > 0 { munmap(mapping, lead) }
        munmap(block + size, hugePage - lead)
        munlock(block, size)
        #if os(Linux)
            if size >= hugePage { madvise(block, size / hugePage * hugePage, Int32(MADV_HUGEPAGE)) }
        #endif
        return block
    }

    /// Gives a block of so many bytes back to the system.
    static func free(_ block: UnsafeMutableRawPointer, bytes: Int) {
        if bytes >= leastBytes { munmap(block, mappedBytes(bytes)) } else { deallocate(block) }
    }

    private static func mappedBytes(_ bytes: Int) -> Int {
        let page = Int(getpagesize())
        return (bytes + page - 1) / page * page
    }
}

/// The C library's `free`, under a name that the method above does not hide.
private func deallocate(_ block: UnsafeMutableRawPointer) { free(block) }
