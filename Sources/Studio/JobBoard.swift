public import Imaging
import Synchronization

/// What a caller who named a request can learn of it and do to it, from anywhere, until it has ended.
///
/// A name that is given again belongs to the later request.
public final class JobBoard: Sendable {
    private let room: WaitingRoom
    private let jobs = Mutex<[JobIdentifier: Job]>([:])

    init(room: WaitingRoom) { self.room = room }

    /// How far a request is; nil when there is none of that name.
    public func progress(of identifier: JobIdentifier) -> JobProgress? { job(identifier)?.progress }

    /// How the request's picture looks by now; nil when none of it has been seen yet.
    ///
    /// Previews are made for who asks: a call lets the next step make one, which the next call gives.
    public func preview(of identifier: JobIdentifier) -> PixelBuffer? { job(identifier)?.latestPreview() }

    /// Ends a request at the next step; whoever asked for it gets the pictures that are finished.
    ///
    /// - Returns: Whether there is a request of that name.
    @discardableResult
    public func interrupt(_ identifier: JobIdentifier) -> Bool { stop(identifier, .interrupted) }

    /// Leaves out the picture that a request is at, at the next step, and goes on with those after it.
    ///
    /// - Returns: Whether there is a request of that name.
    @discardableResult
    public func skip(_ identifier: JobIdentifier) -> Bool {
        guard let job = job(identifier) else { return false }
        job.skip()
        return true
    }

    /// Ends a request at the next step; whoever asked for it gets ``StudioError/cancelled``.
    ///
    /// - Returns: Whether there is a request of that name.
    @discardableResult
    public func cancel(_ identifier: JobIdentifier) -> Bool { stop(identifier, .cancelled) }

    func add(_ job: Job) {
        guard let identifier = job.identifier else { return }
        jobs.withLock { $0[identifier] = job }
    }

    func remove(_ job: Job) {
        guard let identifier = job.identifier else { return }
        jobs.withLock { jobs in
            if jobs[identifier] === job { jobs[identifier] = nil }
        }
    }

    private func job(_ identifier: JobIdentifier) -> Job? { jobs.withLock { $0[identifier] } }

    private func stop(_ identifier: JobIdentifier, _ reason: Job.Stop) -> Bool {
        guard let job = job(identifier) else { return false }
        room.stop(job, reason)
        return true
    }
}
