internal import Privacy
internal import Studio

/// Lets one HTTP request's pictures into the studio: in the requester's name, and as far as their limits go.
struct Admission: Sendable {
    /// Admits everything in the name of whoever is on this machine.
    static let unlimited = Admission()

    private let number: KeyedHash.Number?
    private let limiter: RateLimiter?

    private init() {
        number = nil
        limiter = nil
    }

    init(_ number: KeyedHash.Number, limiter: RateLimiter?) {
        self.number = number
        self.limiter = limiter
    }

    /// Who asks, for a fair share of the work that is done before the request is known.
    var requester: Requester { number.map { Requester(token: $0.current) } ?? .local }

    /// Gives a request its requester and charges its work, or throws when that is more than there is left.
    func admit(_ request: consuming GenerationRequest) throws(WebError) -> GenerationRequest {
        guard let number else { return request }
        request.requester = Requester(token: number.current)
        let work = Self.work(of: request.settings) + Double(request.imageWork.pixelSteps)
        if let limiter, let seconds = limiter.take(.work, work, from: number) {
            throw .rateLimited(retryAfter: seconds)
        }
        return request
    }

    /// Pixels times steps of all pictures; without overflow, since the studio has not checked the settings yet.
    private static func work(of settings: GenerationSettings) -> Double {
        [settings.width, settings.height, settings.steps, settings.count].reduce(1) { $0 * max(0, Double($1)) }
    }
}
