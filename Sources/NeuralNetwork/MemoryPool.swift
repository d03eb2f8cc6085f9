import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Recycles the memory of tensors, so that a network's second pass neither allocates nor faults in pages.
///
/// Blocks are aligned to 64 bytes and rounded up to size classes an eighth of a power of two apart. A block that
/// comes back keeps its contents until it is handed out again: within a pass of the network, nothing is spent on that.
/// ``overwrite()`` puts zeros into all that lie idle, and ``erase()`` frees them, too.
public final class MemoryPool: Sendable {
    private struct Idle {
        /// What a tensor has given back, with its contents.
        var used: [Int: [UnsafeMutableRawPointer]] = [:]
        /// What has been overwritten since.
        var overwritten: [Int: [UnsafeMutableRawPointer]] = [:]
        var bytes = 0

        var usedBytes: Int { used.reduce(0) { $0 + $1.key * $1.value.count } }

        /// A block to hand out. A used one goes first, so that an overwritten one need not be overwritten again.
        mutating func take(_ capacity: Int) -> UnsafeMutableRawPointer? {
            guard let pointer = used[capacity]?.popLast() ?? overwritten[capacity]?.popLast() else { return nil }
            bytes -= capacity
            return pointer
        }
    }

    /// Safe to send: it never leaves the lock, and the blocks that it points to are touched only by whoever holds the lock
    /// or has taken the block out.
    private struct Guarded: @unchecked Sendable {
        var idle = Idle()
        /// Bytes taken from the system and not given back.
        var heldBytes = 0
        var peakBytes = 0
        var plans: [Attached] = []
    }

    /// Plans that go when the network does whose they are.
    private struct Attached {
        weak var planned: Planned?
    }

    private let state = Mutex(Guarded())

    /// The pool whose counts include this one's.
    private let outer: MemoryPool?

    /// Makes an empty pool.
    public init() { outer = nil }

    /// Makes the pool of a plan, whose blocks stay where they are until it goes.
    init(within outer: MemoryPool) { self.outer = outer }

    deinit { release() }

    /// Overwrites and erases a function's plans along with the pool.
    func attach(_ planned: Planned) {
        // Those that live are let go of after the lock: the last reference to one takes it for its memory's count.
        let living = state.withLock { guarded in
            let living = guarded.plans.compactMap(\.planned)
            guarded.plans = (living + [planned]).map { Attached(planned: $0) }
            return living
        }
        withExtendedLifetime(living) {}
    }

    private var plans: [Planned] { state.withLock { $0.plans.compactMap(\.planned) } }

    /// Counts bytes that a pool within this one has taken from the system, or given back.
    private func count(_ bytes: Int) {
        state.withLock { guarded in
            guarded.heldBytes += bytes
            guarded.peakBytes = max(guarded.peakBytes, guarded.heldBytes)
        }
        outer?.count(bytes)
    }

    /// Bytes held for reuse and owned by no tensor at the moment.
    public var idleBytes: Int { state.withLock { $0.idle.bytes } }

    /// Bytes that no tensor owns and that still hold what one has left in them.
    package var unerasedBytes: Int { state.withLock { $0.idle.usedBytes } + plans.reduce(0) { $0 + $1.unerasedBytes } }

    /// Bytes taken from the system and not given back, whether a tensor owns them or they lie idle.
    public var heldBytes: Int { state.withLock(\.heldBytes) }

    /// The most that `heldBytes` has been since the pool was made, or since ``resetPeak()``.
    public var peakBytes: Int { state.withLock(\.peakBytes) }

    /// Begins to look for a new peak.
    public func resetPeak() {
        state.withLock { $0.peakBytes = $0.heldBytes }
    }

    /// Erases the idle blocks if there is more in them than is worth keeping: before work of other sizes begins.
    public func trim() {
        if outer == nil, idleBytes > Self.idleBytesKept { erase() }
    }

    /// The most idle bytes that ``trim()`` lets be.
    package static let idleBytesKept = 64 << 20

    /// Overwrites every idle block with zeros and gives it back to the system, and those of plans.
    public func erase() {
        for planned in plans { planned.forget() }
        release()
    }

    private func release() {
        let idle = state.withLock { guarded in
            defer {
                guarded.heldBytes -= guarded.idle.bytes
                guarded.idle = Idle()
            }
            return Taken(idle: guarded.idle)
        }.idle
        for (bytes, pointers) in idle.used {
            for pointer in pointers {
                Self.overwrite(pointer, bytes)
                free(pointer)
            }
        }
        for pointer in idle.overwritten.values.joined() { free(pointer) }
        outer?.count(-idle.bytes)
    }

    /// Overwrites every idle block with zeros and leaves it as it is, for operations that will use it again.
    func overwriteInPlace(on threads: ThreadPool) {
        state.withLock { guarded in
            let blocks = [guarded.idle.used, guarded.idle.overwritten].flatMap { lists in
                lists.flatMap { bytes, pointers in pointers.map { (pointer: $0, bytes: bytes) } }
            }
            threads.forEach(blocks.count) { index in Self.overwrite(blocks[index].pointer, blocks[index].bytes) }
        }
    }

    /// Overwrites every idle block with zeros and keeps it: when a part of the work is over and the rest goes on.
    public func overwrite() {
        for planned in plans { planned.overwrite() }
        let used = state.withLock { guarded in
            defer {
                guarded.idle.bytes -= guarded.idle.usedBytes
                guarded.idle.used = [:]
            }
            return Taken(idle: guarded.idle)
        }.idle.used
        for (bytes, pointers) in used {
            for pointer in pointers { Self.overwrite(pointer, bytes) }
        }
        let clean = Taken(idle: Idle(used: used))
        state.withLock { guarded in
            for (bytes, pointers) in clean.idle.used {
                guarded.idle.overwritten[bytes, default: []] += pointers
                guarded.idle.bytes += bytes * pointers.count
            }
        }
    }

    private static func overwrite(_ pointer: UnsafeMutableRawPointer, _ bytes: Int) {
        // The compiler may leave out a plain store to memory that is freed next.
        #if canImport(Darwin)
            memset_s(pointer, bytes, 0, bytes)
        #else
            explicit_bzero(pointer, bytes)
        #endif
    }

    /// Blocks that have left the pool, on their way between the lock and the one who overwrites them.
    ///
    /// Safe to send: nobody else has their addresses, since the pool has dropped them and no tensor owns them.
    private struct Taken: @unchecked Sendable {
        let idle: Idle
    }

    /// The size class that `bytes` falls into.
    package static func capacity(forBytes bytes: Int) -> Int {
        guard bytes > 1024 else { return 1024 }
        let step = 1 << (Int.bitWidth - 1 - (bytes - 1).leadingZeroBitCount - 3)
        return (bytes + step - 1) / step * step
    }

    func take(capacity: Int) -> UnsafeMutableRawPointer {
        let recycled = state.withLock { guarded -> Block? in
            guard let pointer = guarded.idle.take(capacity) else {
                guarded.heldBytes += capacity
                guarded.peakBytes = max(guarded.peakBytes, guarded.heldBytes)
                return nil
            }
            return Block(pointer: pointer)
        }
        if let recycled { return recycled.pointer }
        outer?.count(capacity)
        return AlignedMemory.allocate(bytes: capacity)
    }

    func giveBack(_ pointer: UnsafeMutableRawPointer, capacity: Int) {
        let block = Block(pointer: pointer)
        state.withLock { guarded in
            guarded.idle.used[capacity, default: []].append(block.pointer)
            guarded.idle.bytes += capacity
        }
    }

    /// A block on its way between the pool and its one owner.
    ///
    /// Safe to send: the owner alone has its address, until it is given back under the lock.
    private struct Block: @unchecked Sendable {
        let pointer: UnsafeMutableRawPointer
    }
}
