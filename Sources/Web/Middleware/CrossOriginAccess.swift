internal import HTTPTypes
internal import Hummingbird

/// Lets the pages of configured origins read answers (Fetch, section 3.3), and nobody else's.
///
/// An origin is named exactly and never with credentials, of which there are none. `Cross-Origin-Resource-Policy` stays:
/// it is about requests that ask for no such leave.
struct CrossOriginAccess<Context: RequestContext>: RouterMiddleware {
    /// The origins as browsers write them.
    let allowedOrigins: Set<String>

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        guard !allowedOrigins.isEmpty else { return try await next(request, context) }
        var response: Response
        if let origin = request.headers[.origin], allowedOrigins.contains(origin) {
            response = isPreflight(request) ? preflight(request) : try await next(request, context)
            response.headers[.accessControlAllowOrigin] = origin
            response.headers[.accessControlExposeHeaders] = "RateLimit, RateLimit-Policy, Retry-After"
        } else {
            response = try await next(request, context)
        }
        response.headers.vary(on: "Origin")
        return response
    }

    private func isPreflight(_ request: Request) -> Bool {
        request.method == .options && request.headers[.accessControlRequestMethod] != nil
    }

    /// Allows what any address understands, and whatever fields a library adds to its requests, which mean nothing here.
    private func preflight(_ request: Request) -> Response {
        var headers: HTTPFields = [.accessControlAllowMethods: "GET, HEAD, POST", .accessControlMaxAge: "600"]
        let names = (request.headers[.accessControlRequestHeaders] ?? "").split(separator: ",").prefix(64)
            .compactMap { HTTPField.Name(String($0.drop { $0 == " " })) }
        if !names.isEmpty {
            headers[.accessControlAllowHeaders] = names.map(\.canonicalName).joined(separator: ", ")
        }
        return Response(status: .noContent, headers: headers)
    }
}
