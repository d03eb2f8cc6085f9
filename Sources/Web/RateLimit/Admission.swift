internal import Privacy
internal import Studio

/// Lets one HTTP request's body into memory and its pictures into the studio: in the requester's name, and as far as
/// their limits go.
struct Admission: Sendable {
    /// Memory for the request's body.
    let bodies: BodyAllowance

    private let number: KeyedHash.Number?
    private let limiter: RateLimiter?

    /// Admits a request.
    ///
    /// - Parameters:
    ///   - number: The number of the network that it comes from; nil for this machine without limits.
    ///   - limiter: Where its pictures are charged; nil for no limits.
    ///   - bodies: Memory for its body.
    init(_ number: KeyedHash.Number? = nil, limiter: RateLimiter? = nil, bodies: BodyAllowance = .unlimited) {
        self.number = number
        self.limiter = limiter
        self.bodies = bodies
    }

    /// Who asks, for a fair share of the work that is done before the request is known.
    var requester: Requester { number.map { Requester(token: $0.current) } ?? .local }

    /// Gives a request its requester, whom the studio charges for it once it has been checked.
    func admit(_ request: consuming GenerationRequest) -> GenerationRequest {
        guard let number else { return request }
        request.requester = Requester(token: number.current)
        request.charge = limiter.map { NetworkCharge($0, number) }
        return request
    }
}
