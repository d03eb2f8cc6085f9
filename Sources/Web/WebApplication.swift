internal import HTTPTypes
public import Hummingbird
public import Logging
internal import NIOCore
public import Studio

/// The server: the page and the interfaces for programs, around one studio.
public enum WebApplication {
    /// Makes the server; it runs as a service.
    ///
    /// - Parameters:
    ///   - studio: Where the pictures are made.
    ///   - configuration: Where to listen.
    ///   - logger: Gets ``Event``s and nothing else.
    ///   - onListening: Called with the port when the server listens.
    public static func make(
        studio: Studio, configuration: WebConfiguration, logger: Logger,
        onListening: @escaping @Sendable (Int) -> Void = { _ in }
    ) -> some ApplicationProtocol {
        Application(
            router: router(studio: studio, configuration: configuration, logger: logger),
            configuration: ApplicationConfiguration(address: .hostname(configuration.host, port: configuration.port)),
            onServerRunning: { channel in
                let port = channel.localAddress?.port ?? configuration.port
                logger.log(.listening(port: port))
                onListening(port)
            },
            // The framework's own messages can hold addresses and paths.
            logger: Logger(label: "http") { _ in SwiftLogNoOpLogHandler() })
    }

    private static func router(
        studio: Studio, configuration: WebConfiguration, logger: Logger
    ) -> Router<WebRequestContext> {
        let router = Router(context: WebRequestContext.self)
        router.add(middleware: EventLog(logger: logger))
        router.add(middleware: SecurityHeaders())
        router.add(
            middleware: AdmissionControl(
                forwardedField: configuration.forwardedField, limits: configuration.rateLimits))
        router.add(middleware: ErrorResponses())
        router.add(middleware: HostCheck(isLoopback: configuration.isLoopback))
        router.add(middleware: SameSiteCheck())

        let page = Page(studio: studio)
        let models = ModelList(model: studio.model)
        let generations = ImageGenerations(studio: studio)
        let events = PictureEvents(studio: studio)

        router.serve(.page, get: { _, _ in page.show() }, post: { try await page.submit($0, $1.admission) })
        router.serve(.style, get: asset(PackageResources.style_css, "text/css; charset=utf-8"))
        router.serve(.script, get: asset(PackageResources.app_js, "text/javascript; charset=utf-8"))
        router.serve(.icon, get: asset(PackageResources.icon_svg, "image/svg+xml"))
        router.serve(.pictures, post: { try await events.respond(to: $0, $1.admission) })
        router.serve(.imageGenerations, post: { try await generations.respond(to: $0, $1.admission) })
        router.serve(.models, get: { _, _ in models.list() })
        router.serve(.model, get: { _, context in try models.find(context.parameters.get("id")) })
        router.serve(.health, get: asset(Array("ok\n".utf8), "text/plain; charset=utf-8"))
        return router
    }

    private static func asset(_ bytes: [UInt8], _ mediaType: String) -> Router<WebRequestContext>.Handler {
        let body = ByteBuffer(bytes: bytes)
        return { _, _ in
            Response(status: .ok, headers: [.contentType: mediaType], body: ResponseBody(byteBuffer: body))
        }
    }
}

extension Router {
    typealias Handler = @Sendable (Request, Context) async throws -> Response

    /// Answers a route's methods, HEAD where there is GET, and says of the others that they are not known.
    fileprivate func serve(_ route: Route, get: Handler? = nil, post: Handler? = nil) {
        var handlers: [HTTPRequest.Method: Handler] = [:]
        handlers[.get] = get
        handlers[.post] = post
        if let get {
            handlers[.head] = { request, context in try await get(request, context).createHeadResponse() }
        }
        let allowed = Array(handlers.keys)
        let path = RouterPath(route.rawValue)
        for method in [HTTPRequest.Method.get, .head, .post, .put, .patch, .delete, .options] {
            on(path, method: method, use: handlers[method] ?? { _, _ in throw WebError.methodNotAllowed(allowed) })
        }
    }
}
