internal import HTTPTypes
internal import Hummingbird

/// Says on every answer that it must not be stored, framed, sniffed or joined with anything from another host.
struct SecurityHeaders<Context: RequestContext>: RouterMiddleware {
    /// What every answer carries.
    static var fields: HTTPFields {
        let policy = """
            default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; \
            connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; \
            require-trusted-types-for 'script'; trusted-types 'none'
            """
        let values = [
            ("Cache-Control", "no-store"),
            ("Content-Security-Policy", policy),
            ("Cross-Origin-Embedder-Policy", "require-corp"),
            ("Cross-Origin-Opener-Policy", "same-origin"),
            ("Cross-Origin-Resource-Policy", "same-origin"),
            ("Origin-Agent-Cluster", "?1"),
            ("Permissions-Policy", PermissionsPolicy.field),
            ("Referrer-Policy", "no-referrer"),
            ("X-Content-Type-Options", "nosniff"),
            ("X-DNS-Prefetch-Control", "off"),
            ("X-Frame-Options", "DENY"),
            ("X-Permitted-Cross-Domain-Policies", "none"),
        ]
        return HTTPFields(
            values.compactMap { name, value in HTTPField.Name(name).map { HTTPField(name: $0, value: value) } })
    }

    private let fields = Self.fields

    /// Whether browsers are to come back in TLS only (HSTS).
    let isStrictlySecure: Bool

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        for field in fields { response.headers[field.name] = field.value }
        // A name that every machine has for itself is not the server's to make rules for.
        if isStrictlySecure, !isLocalAuthority(request.head.authority ?? "") {
            response.headers[.strictTransportSecurity] = "max-age=63072000"
        }
        return response
    }
}
