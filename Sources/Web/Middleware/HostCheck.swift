internal import HTTPTypes
internal import Hummingbird

/// Refuses requests for another host's name, by which a foreign page could reach a server that listens on this
/// machine only (DNS rebinding).
struct HostCheck<Context: RequestContext>: RouterMiddleware {
    /// Whether the server listens on the loopback interface only, and no proxy speaks for it; otherwise any name may be
    /// its own.
    let isLoopback: Bool

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        if isLoopback, !isLocalAuthority(request.head.authority ?? "") {
            throw WebError(
                .misdirectedRequest, .wrongHost, "This server answers to localhost, 127.0.0.1 and [::1] only.")
        }
        return try await next(request, context)
    }
}

/// Whether an authority, with or without a port, names this machine.
func isLocalAuthority(_ authority: String) -> Bool {
    let host: Substring
    if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
        host = authority[...end]
    } else {
        host = authority.prefix { $0 != ":" }
    }
    return ["localhost", "127.0.0.1", "[::1]"].contains(host.lowercased())
}
