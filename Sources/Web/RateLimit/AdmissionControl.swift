internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import Privacy

/// Finds out who asks, without learning who it is, and refuses those who ask for too much.
///
/// Every answer to a requester with limits says what they are and what is left of them, in the fields of
/// draft-ietf-httpapi-ratelimit-headers.
struct AdmissionControl: RouterMiddleware {
    typealias Context = WebRequestContext

    /// Who a proxy speaks for is read here; nil when clients connect directly.
    let forwardedField: ForwardedField?

    /// What a requester may ask for; nil for no limits.
    let limiter: RateLimiter?

    private let hash = KeyedHash()

    init(forwardedField: ForwardedField?, limits: RateLimits?) {
        self.forwardedField = forwardedField
        limiter = limits.map { RateLimiter(limits: $0) }
    }

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        guard let number = number(request, context) else { return try await next(request, context) }
        var context = context
        context.admission = Admission(number, limiter: limiter)
        guard let limiter, request.method == .post else { return try await next(request, context) }

        var response: Response
        if let seconds = limiter.take(.requests, from: number) {
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
        guard let address = context.remoteAddress, let prefix = NetworkPrefix(address) else { return nil }
        // Without limits whoever is on this machine may have all of it.
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
