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
        // HTTP/2 says it in `:authority`, and may say it in `Host` instead.
        let authority = request.head.authority ?? request.headers[.host] ?? ""
        if let names, !isLocalAuthority(authority), !names.contains(hostName(of: authority)) {
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
    ["localhost", "127.0.0.1", "[::1]"].contains(hostName(of: authority))
}

/// The name or address in an authority, in small letters; IPv6 in its brackets.
private func hostName(of authority: String) -> String {
    if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") { return authority[...end].lowercased() }
    return authority.prefix { $0 != ":" }.lowercased()
}

extension HTTPField.Name {
    fileprivate static let host = HTTPField.Name("Host")!
}
