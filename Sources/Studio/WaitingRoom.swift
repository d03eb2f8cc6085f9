import Dispatch
import Synchronization

/// Where requests wait for the engine's thread, no more than there is room for.
///
/// Who is called next is for the engine's thread to say.
final class WaitingRoom: Sendable {
    /// A place of a request whose images are still being read.
    final class Place: Sendable {
        let demand: Demand

        fileprivate init(_ demand: Demand) { self.demand = demand }
    }

    private struct State {
        var places: [Place] = []
        var isStopped = false
        var waiting: [(job: Job, toldPosition: Int)] = []
        var arriving: [Job] = []
        var inside: [Job] = []
        var abandoned: [Job] = []
        var isClosed = false
        var isEmptied = false
        var leavers: [CheckedContinuation<Void, Never>] = []

        /// Everybody who holds a place.
        var present: [Job] { waiting.map(\.job) + arriving + inside }
    }

    private let admission: Admission
    private let estimate: WorkEstimate
    private let state = Mutex(State())
    private let bell = DispatchSemaphore(value: 0)

    init(admission: Admission, estimate: WorkEstimate) {
        self.admission = admission
        self.estimate = estimate
    }

    /// How many requests wait and how many are worked on.
    var load: (waiting: Int, running: Int) {
        state.withLock { ($0.places.count + $0.waiting.count + $0.arriving.count, $0.inside.count) }
    }

    /// Whether everybody was sent away.
    var isStopped: Bool { state.withLock { $0.isStopped } }

    /// Whether requests are let in.
    var isOpen: Bool { state.withLock { !$0.isClosed } }

    // MARK: For those who ask

    /// Takes a place for a request, before work is done for it; throws when there is no room or the studio is stopping.
    func takePlace(for demand: Demand) throws(StudioError) -> Place {
        try state.withLock { state throws(StudioError) in
            guard !state.isClosed else { throw .shuttingDown }
            try admission.check(
                demand, seconds: estimate.seconds(for: demand.work),
                besides: state.present.map { ($0.demand, estimate.secondsLeft(of: $0)) }
                    + state.places.map { ($0.demand, estimate.seconds(for: $0.demand.work)) })
            let place = Place(demand)
            state.places.append(place)
            return place
        }
    }

    /// Gives up the place of a request that will not come.
    func giveBack(_ place: Place) {
        state.withLock { state in state.places.removeAll { $0 === place } }
        bell.signal()
    }

    /// Lets a request in that has a place; throws when everybody was sent away meanwhile.
    func enter(_ job: Job, in place: Place) throws(StudioError) {
        // The place is told before the job can be called, so that nothing is told out of order.
        let (position, seconds) = try state.withLock { state throws(StudioError) in
            state.places.removeAll { $0 === place }
            guard !state.isStopped else {
                bell.signal()
                throw .shuttingDown
            }
            defer { state.arriving.append(job) }
            return forecast(for: job.demand, state)
        }
        job.tell(.queued(position: position, seconds: seconds))
        let isStaying = state.withLock { state in
            state.arriving.removeAll { $0 === job }
            guard job.stop == nil else { return false }
            state.waiting.append((job, position))
            return true
        }
        if !isStaying, let stop = job.stop { job.end(stop.end) }
        bell.signal()
    }

    /// How many of those who wait will be called before a newcomer, and when it will be done, if everybody gets an
    /// even share.
    private func forecast(for newcomer: Demand, _ state: State) -> (position: Int, seconds: Double?) {
        var counts: [Requester: Int] = [:]
        for entry in state.waiting { counts[entry.job.demand.requester, default: 0] += 1 }
        let before = counts[newcomer.requester, default: 0]
        let position = counts.reduce(before) { sum, each in
            each.key == newcomer.requester ? sum : sum + min(each.value, before + 1)
        }
        guard let own = estimate.seconds(for: newcomer.work) else { return (position, nil) }
        var seconds = [newcomer.requester: own]
        for job in state.present {
            seconds[job.demand.requester, default: 0] += estimate.secondsLeft(of: job) ?? 0
        }
        let untilDone = seconds[newcomer.requester] ?? own
        return (position, seconds.values.reduce(0) { $0 + min($1, untilDone) })
    }

    /// Ends a request that waits, or has one that is worked on end at its next step.
    func stop(_ job: Job, _ reason: Job.Stop) {
        job.stop(reason)
        let wasWaiting = state.withLock { state in
            let index = state.waiting.firstIndex { $0.job === job }
            if let index { state.waiting.remove(at: index) }
            return index != nil
        }
        if wasWaiting, !job.endIfQuiet((job.stop ?? reason).end) {
            state.withLock { $0.abandoned.append(job) }
        }
        bell.signal()
    }

    /// Ends everybody who waits or is worked on, because the service stops.
    func stopAll() {
        let present = state.withLock { state in
            state.isStopped = true
            return state.present
        }
        for job in present { stop(job, .shuttingDown) }
    }

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
    ///
    /// - Parameter beforeSleeping: Called each time before it sleeps, as after somebody who waited has gone.
    func waitForRequests(beforeSleeping: () -> Void) -> Bool {
        while true {
            endAbandoned()
            let (hasRequests, isOver) = state.withLock { state in
                (
                    !state.waiting.isEmpty,
                    state.isClosed && state.places.isEmpty && state.arriving.isEmpty && state.waiting.isEmpty
                )
            }
            if hasRequests { return true }
            if isOver { return false }
            beforeSleeping()
            bell.wait()
        }
    }

    /// Those who wait, in the order that they came.
    var waiting: [Job] {
        endAbandoned()
        return state.withLock { $0.waiting.map(\.job) }
    }

    /// The bytes that requests hold that wait or are worked on.
    var heldBytes: Int {
        state.withLock { state in
            (state.present.map(\.demand) + state.places.map(\.demand)).reduce(0) { $0 + $1.memory.held }
        }
    }

    /// Calls a request in; false when it waits no more.
    func call(_ job: Job) -> Bool {
        state.withLock { state in
            guard let index = state.waiting.firstIndex(where: { $0.job === job }) else { return false }
            state.waiting.remove(at: index)
            state.inside.append(job)
            return true
        }
    }

    /// Frees the place of a request that was worked on.
    func leave(_ job: Job) {
        state.withLock { state in state.inside.removeAll { $0 === job } }
    }

    /// Tells everyone whose place has changed.
    ///
    /// - Parameter order: The order in which those who wait will be called, with the seconds until each is done.
    func tellPositions(_ order: [(job: Job, seconds: Double?)]) {
        let places = Dictionary(
            uniqueKeysWithValues: order.enumerated().map {
                (ObjectIdentifier($1.job), (position: $0, seconds: $1.seconds))
            }
        )
        let moved = state.withLock { state in
            var moved: [(job: Job, position: Int, seconds: Double?)] = []
            for index in state.waiting.indices {
                let job = state.waiting[index].job
                guard let place = places[ObjectIdentifier(job)], place.position != state.waiting[index].toldPosition
                else { continue }
                state.waiting[index].toldPosition = place.position
                moved.append((job, place.position, place.seconds))
            }
            return moved
        }
        for each in moved { each.job.tell(.queued(position: each.position, seconds: each.seconds)) }
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
