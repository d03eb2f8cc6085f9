internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import Privacy

/// Finds out which network asks, without learning which it is, and refuses what is more than it may ask for.
///
/// It comes after the checks of a request's host and of the page that sent it, so that other sites' pages have nothing
/// charged, and it charges nothing itself: the studio does when it admits a request. Every answer that could have had
/// pictures says what the limits are and about what is left of them, in the fields of
/// draft-ietf-httpapi-ratelimit-headers.
struct AdmissionControl: RouterMiddleware {
    typealias Context = WebRequestContext

    /// Where a proxy says whose request it passes on; nil when clients connect directly.
    let forwardedField: ForwardedField?

    /// What a network may ask for; nil for no limits.
    let limiter: RateLimiter?

    /// The memory of all requests' bodies.
    let bodies: BodyBudget

    /// Numbers for networks.
    let hash: KeyedHash

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        let number = number(request, context)
        var context = context
        context.admission = Admission(
            number, limiter: limiter,
            bodies: BodyAllowance(
                bodies, network: number, channel: context.channel, sharesConnection: forwardedField != nil))
        let route = Route(endpointPath: context.endpointPath)
        guard let limiter, let number, request.method == .post, route.makesPictures else {
            return try await next(request, context)
        }

        var response: Response
        if !route.asksForOtherThings, let seconds = limiter.secondsUntilRequest(from: number) {
            response = WebError.rateLimited(retryAfter: seconds).response(for: Dialect(path: request.uri.path))
        } else {
            response = try await next(request, context)
        }
        response.headers[.rateLimitPolicy] = limiter.limits.field
        response.headers[.rateLimit] = limiter.rest(of: number).map(\.field).joined(separator: ", ")
        return response
    }

    private func number(_ request: Request, _ context: Context) -> KeyedHash.Number? {
        if let prefix = forwardedField?.networkPrefix(in: request.headers) { return hash.number(of: prefix.bytes) }
        guard let address = context.channel.remoteAddress, let prefix = NetworkPrefix(address) else { return nil }
        // Without limits this machine's own requests may have all of it.
        return prefix.isLoopback && limiter == nil ? nil : hash.number(of: prefix.bytes)
    }
}

extension HTTPField.Name {
    fileprivate static let rateLimitPolicy = HTTPField.Name("RateLimit-Policy")!
    fileprivate static let rateLimit = HTTPField.Name("RateLimit")!
}

extension RateLimits {
    /// The limits as a structured field; the draft's unit for work does not exist, so it has one of its own.
    fileprivate var field: String {
        #""requests";q=\#(requestsPerMinute);w=60, "work";q=\#(workPerMinute);w=60;qu="pixel-steps""#
    }
}

extension RateLimiter.Rest {
    /// What is left as a structured field.
    fileprivate var field: String { #""\#(quota.rawValue)";r=\#(remaining);t=\#(seconds)"# }
}
