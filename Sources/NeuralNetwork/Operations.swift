import CKernels
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Operations in their order, which threads can walk along together.
///
/// Each thread takes its own parts of an operation, the same ones every time, so that what it wrote is still in its cache
/// when it reads it; then those of others that they have not begun. No thread is waited for that has begun nothing: on a
/// busy machine one may come late, or not at all.
///
/// Safe to share: the list never changes, and `shares` only atomically. `walk` is written by `prepare()` alone, before
/// ``ThreadPool`` opens the job that lets its threads in and after the last has left the one before, so nobody reads it
/// meanwhile; a plan has one owner while it runs. A part runs once a walk, on the thread that set its bit. What it wrote is
/// seen by all that begin the next operation: they have read `done` (acquire), which is counted up after it (release).
final class Operations: @unchecked Sendable {
    /// Runs a part of an operation on one of the pool's threads.
    typealias Body = (_ part: Int, _ thread: Int) -> Void

    /// The most parts an operation may have.
    static let mostParts = 32

    /// One thread's parts of one operation, in a line of the cache of its own, which others only look at as a rule.
    private struct Share: ~Copyable {
        /// The number of the walk, as far as 31 bits hold it, and a bit for each part that has been begun in it.
        let begun = Atomic(0)
        /// How many parts have been done in all walks.
        let done = Atomic(0)
        let padding: (Int, Int, Int, Int, Int, Int) = (0, 0, 0, 0, 0, 0)
    }

    private let list: [(parts: Int, body: Body)]
    private let threads: Int
    private let shares: UnsafeMutablePointer<Share>

    /// The number of the walk; changed while nobody walks.
    private var walk = 0

    /// How often a thread looks whether an operation is done before it lets others have its processor.
    private static let eagerness = 2_000

    init(_ list: [(parts: Int, body: Body)], threads: Int) {
        self.list = list
        self.threads = threads
        let count = max(1, list.count * threads)
        shares = AlignedMemory.allocate(bytes: count * MemoryLayout<Share>.stride).bindMemory(
            to: Share.self, capacity: count)
        for index in 0..<count { (shares + index).initialize(to: Share()) }
    }

    deinit { free(shares) }

    /// Prepares for another walk.
    func prepare() { walk += 1 }

    /// Takes part in all operations as one of the threads, and returns when all are done.
    func walk(thread: Int) {
        let mark = (walk & Int(Int32.max)) << Self.mostParts
        for (index, operation) in list.enumerated() {
            let shares = shares + index * threads
            take(operation, share: thread, of: shares, on: thread, mark: mark)
            for share in 0..<threads where share != thread {
                take(operation, share: share, of: shares, on: thread, mark: mark)
            }
            for share in 0..<threads {
                let goal = walk * parts(operation.parts, of: share)
                var looks = 0
                while shares[share].done.load(ordering: .acquiring) < goal {
                    looks += 1
                    if looks < Self.eagerness { ck_pause() } else { sched_yield() }
                }
            }
        }
    }

    /// How many of an operation's parts are a thread's: every `threads`th.
    private func parts(_ parts: Int, of thread: Int) -> Int { (parts - thread + threads - 1) / threads }

    /// Runs those parts of one thread's that nobody has begun.
    private func take(
        _ operation: (parts: Int, body: Body), share: Int, of shares: UnsafeMutablePointer<Share>, on thread: Int,
        mark: Int
    ) {
        for index in 0..<parts(operation.parts, of: share) where begin(index, of: shares + share, mark: mark) {
            operation.body(share + index * threads, thread)
            shares[share].done.add(1, ordering: .acquiringAndReleasing)
        }
    }

    /// Sets a part's bit; false if it was set in this walk.
    private func begin(_ index: Int, of share: UnsafeMutablePointer<Share>, mark: Int) -> Bool {
        var known = share.pointee.begun.load(ordering: .relaxed)
        while true {
            let isCurrent = known >> Self.mostParts == mark >> Self.mostParts
            let bits = isCurrent ? known : mark
            guard bits & 1 << index == 0 else { return false }
            let (exchanged, original) = share.pointee.begun.compareExchange(
                expected: known, desired: bits | 1 << index, ordering: .relaxed)
            if exchanged { return true }
            known = original
        }
    }
}
