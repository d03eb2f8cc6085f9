import Synchronization

/// Watches how much of a request's work is done, to give back what was charged for the rest.
final class ChargeMeter: Sendable {
    private struct State {
        var part = 0.0
        var wasBegun = false
        var isSettled = false
    }

    private let charge: any RequestCharge
    private let pictures: Int
    private let state = Mutex(State())

    /// Watches a request for so many pictures.
    init(_ charge: any RequestCharge, pictures: Int) {
        self.charge = charge
        self.pictures = pictures
    }

    /// Notes what happened to the request.
    func note(_ event: GenerationEvent) {
        state.withLock { state in
            switch event {
            case .started: state.wasBegun = true
            case .step(let completed, let total, _):
                if total > 0 { state.part = max(state.part, min(1, Double(completed) / Double(total))) }
            case .queued, .preview, .picture: break
            }
        }
    }

    /// Gives back what was not done when the request has ended.
    func settle(_ result: Result<[Picture], StudioError>) {
        let (part, wasBegun, isFirst) = state.withLock { state in
            defer { state.isSettled = true }
            return (state.part, state.wasBegun, !state.isSettled)
        }
        if case .success(let made) = result, made.count >= pictures { return }
        if isFirst, part < 1 { charge.refund(part: 1 - part, wasBegun: wasBegun) }
    }
}
