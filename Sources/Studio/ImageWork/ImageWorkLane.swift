import Dispatch
import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Threads that do image work of about one size, fairly among clients, and give way to all other threads.
///
/// They are started with the first job and end when the lane is closed. A job is begun when there is memory for it, or
/// when it is alone, and where there are several threads no client occupies all.
final class ImageWorkLane: Sendable {
    private struct Entry {
        let job: any ImageWorkJob
        let client: Requester
        let bytes: Int
    }

    private struct State {
        var order = ImageWorkOrder<Requester, Entry>()
        /// For each client, how many of its jobs are being done.
        var running: [Requester: Int] = [:]
        var heldBytes = 0
        var hasThreads = false
        var isClosed = false
    }

    private let workers: Int
    private let niceness: Int32
    private let bytes: Int
    private let state = Mutex(State())
    private let bell = DispatchSemaphore(value: 0)

    /// - Parameters:
    ///   - workers: How many jobs are done at once.
    ///   - niceness: How far the threads give way to others, as `nice` counts it.
    ///   - bytes: The memory that jobs may hold at once.
    init(workers: Int, niceness: Int32, bytes: Int = .max) {
        self.workers = max(1, workers)
        self.niceness = niceness
        self.bytes = bytes
    }

    /// How many jobs wait.
    var waiting: Int { state.withLock { $0.order.count } }

    /// Puts a job in line.
    func append(_ job: any ImageWorkJob, of client: Requester, cost: Int, holding bytes: Int) {
        let startsThreads = state.withLock { state in
            state.order.append(Entry(job: job, client: client, bytes: bytes), of: client, cost: cost)
            defer { state.hasThreads = true }
            return !state.hasThreads
        }
        if startsThreads {
            for _ in 0..<workers { startThread() }
        }
        bell.signal()
    }

    /// Takes jobs that were cancelled out of the line.
    func removeCancelled() {
        state.withLock { $0.order.removeAll { $0.job.isCancelled } }
        // Another job may be first now, and small enough.
        bell.signal()
    }

    /// Lets the threads end.
    func close() {
        state.withLock { $0.isClosed = true }
        for _ in 0..<workers { bell.signal() }
    }

    private func startThread() {
        let thread = Thread { [niceness] in
            Self.giveWay(niceness)
            self.work()
        }
        thread.name = "images"
        thread.start()
    }

    /// Has the calling thread alone give way: that is what Linux means by the process of number 0. Where it is not
    /// allowed, the thread shares the processors evenly.
    private static func giveWay(_ niceness: Int32) {
        #if canImport(Glibc)
            _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, niceness)
        #elseif canImport(Musl)
            _ = setpriority(PRIO_PROCESS, 0, niceness)
        #endif
    }

    /// Does jobs as long as there is one that may be begun, and else waits for the bell, which rings for every job that
    /// comes and for every one that may have made room.
    private func work() {
        while true {
            bell.wait()
            while let entry = state.withLock({ begin(&$0) }) {
                entry.job.run()
                let isAnotherWaiting = state.withLock { state in
                    finish(entry, &state)
                    return !state.order.isEmpty
                }
                // There may be room for two now, and this thread takes one.
                if isAnotherWaiting { bell.signal() }
            }
            guard state.withLock({ $0.isClosed && $0.order.isEmpty }) else { continue }
            // The ring may have been another thread's.
            bell.signal()
            return
        }
    }

    private func begin(_ state: inout State) -> Entry? {
        // A client that comes while all threads are occupied would wait for the longest job there is.
        let share = max(1, workers - 1)
        let occupied = Set(state.running.filter { $0.value >= share }.keys)
        // Whose turn it is waits for memory, and others behind it, or it would wait for as long as small jobs come.
        guard let next = state.order.first(besides: occupied),
            state.running.isEmpty || next.bytes <= bytes - state.heldBytes,
            let entry = state.order.removeFirst(besides: occupied)
        else { return nil }
        state.running[entry.client, default: 0] += 1
        state.heldBytes += entry.bytes
        return entry
    }

    private func finish(_ entry: Entry, _ state: inout State) {
        let left = state.running[entry.client, default: 1] - 1
        state.running[entry.client] = left > 0 ? left : nil
        state.heldBytes -= entry.bytes
    }
}
