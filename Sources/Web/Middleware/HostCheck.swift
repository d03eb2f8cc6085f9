internal import HTTPTypes
internal import Hummingbird

/// Refuses requests for another host's name, by which a foreign page could reach a server that listens on this
/// machine only (DNS rebinding).
struct HostCheck<Context: RequestContext>: RouterMiddleware {
    /// The names that the server answers to besides this machine's own; nil when any may be its own.
    let names: Set<String>?

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        // HTTP/2 says it in `:authority`, and may say it in `Host` instead, or the same in both.
        let authorities = request.headers[values: .host] + (request.head.authority.map { [$0] } ?? [])
        let hosts = authorities.map { Authority($0) }
        guard !hosts.contains(nil), hosts.allSatisfy({ $0 == hosts.first }) else {
            throw WebError.badRequest(
                .invalidHTTP, "The request must name one host, and nothing else besides its port.")
        }
        let host = hosts.first??.host ?? ""
        if let names, !isLocal(host), !names.contains(host) {
            throw WebError(
                .misdirectedRequest, .wrongHost,
                names.isEmpty
                    ? "This server answers to localhost, 127.0.0.1 and [::1] only."
                    : "This server does not answer to that name.")
        }
        return try await next(request, context)
    }
}

/// Whether an authority, with or without a port, names this machine.
func isLocalAuthority(_ authority: String) -> Bool {
    Authority(authority).map { isLocal($0.host) } ?? false
}

/// Whether a host, as an authority has it, is this machine.
private func isLocal(_ host: String) -> Bool { ["localhost", "127.0.0.1", "[::1]"].contains(host) }

extension HTTPField.Name {
    fileprivate static let host = HTTPField.Name("Host")!
}
