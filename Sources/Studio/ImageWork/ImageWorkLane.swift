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
/// They are started with the first job and end when the lane is closed.
final class ImageWorkLane: Sendable {
    private struct State {
        var order = ImageWorkOrder<Requester, any ImageWorkJob>()
        var hasThreads = false
        var isClosed = false
    }

    private let workers: Int
    private let niceness: Int32
    private let state = Mutex(State())
    private let bell = DispatchSemaphore(value: 0)

    /// - Parameters:
    ///   - workers: How many jobs are done at once.
    ///   - niceness: How far the threads give way to others, as `nice` counts it.
    init(workers: Int, niceness: Int32) {
        self.workers = max(1, workers)
        self.niceness = niceness
    }

    /// How many jobs wait.
    var waiting: Int { state.withLock { $0.order.count } }

    /// Puts a job in line.
    func append(_ job: any ImageWorkJob, of client: Requester, cost: Int) {
        let startsThreads = state.withLock { state in
            state.order.append(job, of: client, cost: cost)
            defer { state.hasThreads = true }
            return !state.hasThreads
        }
        if startsThreads {
            for _ in 0..<workers { startThread() }
        }
        bell.signal()
    }

    /// Takes jobs that were cancelled out of the line.
    func removeCancelled() { state.withLock { $0.order.removeAll { $0.isCancelled } } }

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

    private func work() {
        while true {
            bell.wait()
            let (job, isClosed) = state.withLock { ($0.order.removeFirst(), $0.isClosed) }
            if let job {
                job.run()
            } else if isClosed {
                return
            }
        }
    }
}
