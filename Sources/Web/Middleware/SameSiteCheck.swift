internal import HTTPTypes
internal import Hummingbird

/// Refuses requests that another site's page makes a browser send. Programs that are no browsers send neither field.
struct SameSiteCheck<Context: RequestContext>: RouterMiddleware {
    /// Whose pages may.
    let allowedOrigins: Set<String>

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        if request.method != .get, request.method != .head, !isOwn(request), !isAllowed(request) {
            throw WebError(.forbidden, .crossSite, "Requests from other sites' pages are refused.")
        }
        return try await next(request, context)
    }

    private func isOwn(_ request: Request) -> Bool {
        if let name = HTTPField.Name("Sec-Fetch-Site"), let site = request.headers[name] {
            // A form that is sent without a referrer has the origin "null", on its own site too.
            return site == "same-origin" || site == "none"
        }
        guard let origin = request.headers[.origin] else { return true }
        guard let authority = request.head.authority else { return false }
        return origin == "http://\(authority)" || origin == "https://\(authority)"
    }

    private func isAllowed(_ request: Request) -> Bool {
        request.headers[.origin].map(allowedOrigins.contains) ?? false
    }
}
