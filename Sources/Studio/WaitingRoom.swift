import Dispatch
import Synchronization

/// Where requests wait for the engine's thread, first come, first served, and no more than there is room for.
final class WaitingRoom: Sendable {
    private struct State {
        var waiting: [(job: Job, toldPosition: Int)] = []
        var arriving = 0
        var inside: [Job] = []
        var abandoned: [Job] = []
        var isClosed = false
        var isEmptied = false
        var leavers: [CheckedContinuation<Void, Never>] = []
    }

    private let maximumRunning: Int
    private let maximumWaiting: Int
    private let state = Mutex(State())
    private let bell = DispatchSemaphore(value: 0)

    init(maximumRunning: Int, maximumWaiting: Int) {
        self.maximumRunning = maximumRunning
        self.maximumWaiting = maximumWaiting
    }

    /// How many requests wait and how many are worked on.
    var load: (waiting: Int, running: Int) {
        state.withLock { ($0.waiting.count + $0.arriving, $0.inside.count) }
    }

    // MARK: For those who ask

    /// Throws when ``enter(_:)`` would, before work is done for a request that has no place.
    func checkForRoom() throws(StudioError) {
        try state.withLock { state throws(StudioError) in try checkForRoom(state) }
    }

    private func checkForRoom(_ state: State) throws(StudioError) {
        guard !state.isClosed else { throw .shuttingDown }
        guard state.waiting.count + state.arriving + state.inside.count < maximumRunning + maximumWaiting else {
            throw .queueFull(retryAfter: 10)
        }
    }

    /// Lets a request in, or throws when there is no room or the studio is stopping.
    func enter(_ job: Job) throws(StudioError) {
        // The place is told before the job can be called, so that nothing is told out of order.
        let position = try state.withLock { state throws(StudioError) in
            try checkForRoom(state)
            state.arriving += 1
            return state.waiting.count
        }
        job.tell(.queued(position: position))
        let isStaying = state.withLock { state in
            state.arriving -= 1
            guard job.stop == nil else { return false }
            state.waiting.append((job, position))
            return true
        }
        if !isStaying, let stop = job.stop { job.end(stop.end) }
        bell.signal()
    }

    /// Ends a request that waits, or has one that is worked on end at its next step.
    func stop(_ job: Job, _ reason: Job.Stop) {
        job.stop(reason)
        let wasWaiting = state.withLock { state in
            let index = state.waiting.firstIndex { $0.job === job }
            if let index { state.waiting.remove(at: index) }
            return index != nil
        }
        if wasWaiting, !job.endIfQuiet(reason.end) {
            state.withLock { $0.abandoned.append(job) }
        }
        bell.signal()
    }

    /// Cancels everybody who waits or is worked on.
    func stopAll() {
        let inside = state.withLock { state in state.waiting.map(\.job) + state.inside }
        for job in inside { stop(job, .cancelled) }
    }

    /// Whether requests are let in.
    var isOpen: Bool { state.withLock { !$0.isClosed } }

    /// Lets nobody in any more.
    func close() {
        state.withLock { $0.isClosed = true }
        bell.signal()
    }

    /// Returns when the last request has ended after ``close()``.
    func waitUntilEmptied() async {
        await withCheckedContinuation { leaver in
            let isEmptied = state.withLock { state in
                if !state.isEmptied { state.leavers.append(leaver) }
                return state.isEmptied
            }
            if isEmptied { leaver.resume() }
        }
    }

    // MARK: For the engine's thread

    /// Sleeps until a request waits; false when none will come any more.
    func waitForRequests() -> Bool {
        while true {
            endAbandoned()
            let (hasRequests, isOver) = state.withLock { state in
                (!state.waiting.isEmpty, state.isClosed && state.arriving == 0 && state.waiting.isEmpty)
            }
            if hasRequests { return true }
            if isOver { return false }
            bell.wait()
        }
    }

    /// Calls the next request in, if one waits and fewer are worked on than may be.
    func callNext() -> Job? {
        state.withLock { state in
            guard !state.waiting.isEmpty, state.inside.count < maximumRunning else { return nil }
            let job = state.waiting.removeFirst().job
            state.inside.append(job)
            return job
        }
    }

    /// Frees the place of a request that was worked on.
    func leave(_ job: Job) {
        state.withLock { state in state.inside.removeAll { $0 === job } }
    }

    /// Tells everyone whose place has changed.
    func tellPositions() {
        endAbandoned()
        let moved = state.withLock { state in
            var moved: [(Job, Int)] = []
            for position in state.waiting.indices where state.waiting[position].toldPosition != position {
                state.waiting[position].toldPosition = position
                moved.append((state.waiting[position].job, position))
            }
            return moved
        }
        for (job, position) in moved { job.tell(.queued(position: position)) }
    }

    /// Lets those go who wait for the last request's end.
    func finish() {
        let leavers = state.withLock { state in
            defer { state.leavers = [] }
            state.isEmptied = true
            return state.leavers
        }
        for leaver in leavers { leaver.resume() }
    }

    private func endAbandoned() {
        let abandoned = state.withLock { state in
            defer { state.abandoned = [] }
            return state.abandoned
        }
        for job in abandoned { job.end((job.stop ?? .cancelled).end) }
    }
}
