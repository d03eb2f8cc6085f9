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
/// Each thread takes its own parts of an operation first, the same ones every time, so that what it wrote is still in its
/// cache when it reads it; then those that others have not begun. No thread is waited for that has begun nothing: on a
/// busy machine one may come late, or not at all.
///
/// Safe to share: once made, only the atomic states change, and each part runs once between two calls of `reset()`.
final class Operations: @unchecked Sendable {
    /// Runs a part of an operation on one of the pool's threads.
    typealias Body = (_ part: Int, _ thread: Int) -> Void

    private let list: [(parts: Int, body: Body)]

    /// Two numbers an operation, in a line of the cache of its own: which parts have been begun, as bits, and how many are
    /// done.
    private let states: UnsafeMutablePointer<Atomic<Int>>

    private static let stride = 64 / MemoryLayout<Int>.stride

    /// The most parts an operation may have.
    static let mostParts = Int.bitWidth - 1

    /// How often a thread looks whether an operation is done before it lets others have its processor.
    private static let eagerness = 2_000

    init(_ list: [(parts: Int, body: Body)]) {
        self.list = list
        states = AlignedMemory.allocate(bytes: max(1, list.count) * 64).bindMemory(
            to: Atomic<Int>.self, capacity: list.count * Self.stride)
        for index in 0..<list.count * Self.stride { (states + index).initialize(to: Atomic(0)) }
    }

    deinit { free(states) }

    /// Prepares for another walk; no thread may be walking.
    func reset() {
        for index in list.indices {
            states[index * Self.stride].store(0, ordering: .relaxed)
            states[index * Self.stride + 1].store(0, ordering: .relaxed)
        }
    }

    /// Takes part in all operations, as one thread of `count`, and returns when all are done.
    func walk(thread: Int, of count: Int) {
        for (index, operation) in list.enumerated() {
            let state = states + index * Self.stride
            let (begun, done) = (state, state + 1)
            var finished = 0
            func take(_ part: Int) {
                let bit = 1 << part
                guard begun.pointee.load(ordering: .relaxed) & bit == 0,
                    begun.pointee.bitwiseOr(bit, ordering: .relaxed).oldValue & bit == 0
                else { return }
                operation.body(part, thread)
                finished += 1
            }
            for part in Swift.stride(from: thread, to: operation.parts, by: count) { take(part) }
            if finished < operation.parts {
                for part in 0..<operation.parts { take(part) }
            }
            if finished > 0 { done.pointee.add(finished, ordering: .acquiringAndReleasing) }
            var looks = 0
            while done.pointee.load(ordering: .acquiring) < operation.parts {
                looks += 1
                if looks < Self.eagerness { ck_pause() } else { sched_yield() }
            }
        }
    }
}
