internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
public import Logging
internal import NIOCore
internal import Privacy
public import ServiceLifecycle
public import Studio

/// The server: the page and the interfaces for programs, around one studio.
public enum WebApplication {
    /// Makes the server; it runs as a service.
    ///
    /// - Parameters:
    ///   - studio: Where the pictures are made.
    ///   - configuration: Where to listen.
    ///   - socket: The socket to listen on; one that is bound as the configuration says when nil.
    ///   - certificates: Where the certificate for TLS is found; nil for plain HTTP.
    ///   - metrics: Counts what is answered.
    ///   - readiness: Says at `/readyz` whether requests are welcome.
    ///   - answers: Knows which answers are not yet sent.
    ///   - bodies: The memory of all requests' bodies; what the studio leaves for it when nil.
    ///   - disclosure: What the documents say that the configuration does not hold.
    ///   - logger: Gets ``Event``s and nothing else.
    ///   - onListening: Called with the port when the server listens.
    public static func make(
        studio: Studio, configuration: WebConfiguration, socket: ListeningSocket? = nil,
        certificates: CertificateStore? = nil, metrics: ServiceMetrics, readiness: Readiness,
        answers: AnswersInProgress = AnswersInProgress(), bodies: BodyBudget? = nil,
        disclosure: Disclosure = Disclosure(), logger: Logger,
        onListening: @escaping @Sendable (Int) -> Void = { _ in }
    ) -> some Service {
        let pages = OperatorPages(
            studio: studio, metrics: metrics, readiness: readiness, servesMetrics: configuration.servesMetrics)
        let admissionControl = AdmissionControl(
            forwardedField: configuration.forwardedField,
            limiter: configuration.rateLimits.map { RateLimiter(limits: $0) },
            bodies: bodies ?? BodyBudget(total: studio.bodyBudget), hash: KeyedHash())
        let router = router(
            studio: studio, configuration: configuration, metrics: metrics, readiness: readiness,
            admissionControl: admissionControl, logger: logger)
        let endpoint = MCPEndpoint(
            service: MCPService(
                model: studio.model, limits: studio.configuration.limits, upscalers: studio.upscalers,
                version: disclosure.version,
                studio: { studio }), studio: studio, keepAlive: configuration.keepAlive)
        router.serve(.modelContext, post: { try await endpoint.respond(to: $0, $1.admission) })
        router.serve(.ready, get: { _, _ in pages.ready() })
        router.serve(.metrics, get: { _, _ in try pages.numbers() })
        let facts = ServiceFacts(
            web: configuration, studio: studio.configuration, model: studio.model, disclosure: disclosure,
            logLevel: logger.logLevel)
        router.addDocuments(facts, PublishedFigures(metrics: metrics, now: monotonicTime))
        let unknown = CallbackResponder<WebRequestContext> { _, _ in throw WebError.unknownURL }
        let counter = ConnectionCounter(
            maximum: configuration.limits.connections,
            perNetwork: configuration.forwardedField == nil ? configuration.limits.connectionsPerNetwork : nil)
        return HTTPService(
            responder: ExactPaths(
                router: router.buildResponder(), unknown: router.middlewares.constructResponder(finalResponder: unknown)
            ),
            server: { responder in
                ConnectionChannel(
                    configuration, certificates: certificates, counter: counter, answers: answers,
                    fields: SecurityHeaders<WebRequestContext>.fields, responder: responder)
            },
            services: [
                NumberExpiry([
                    { admissionControl.limiter?.forgetIdle() }, admissionControl.hash.renew, counter.renewKey,
                ])
            ],
            socket: socket, configuration: configuration
        ) { port in
            logger.log(.listening(port: port))
            onListening(port)
        }
    }

    private static func router(
        studio: Studio, configuration: WebConfiguration, metrics: ServiceMetrics, readiness: Readiness,
        admissionControl: AdmissionControl, logger: Logger
    ) -> Router<WebRequestContext> {
        let router = Router(context: WebRequestContext.self)
        router.add(middleware: EventLog(logger: logger, metrics: metrics))
        router.add(middleware: SecurityHeaders(isStrictlySecure: configuration.transportSecurity == .certificate))
        let allowedOrigins = Set(configuration.allowedOrigins)
        router.add(middleware: CrossOriginAccess(allowedOrigins: allowedOrigins))
        router.add(middleware: ErrorResponses(readiness: readiness))
        router.add(middleware: HostCheck(names: configuration.answeredNames))
        router.add(middleware: SameSiteCheck(allowedOrigins: allowedOrigins))
        router.add(middleware: admissionControl)
        // Once more, so that errors too say what is left of the limits.
        router.add(middleware: ErrorResponses(readiness: readiness))

        let page = Page(studio: studio)
        let models = ModelList(model: studio.model)
        let generations = ImageGenerations(studio: studio, keepAlive: configuration.keepAlive)
        let edits = ImageEdits(studio: studio, keepAlive: configuration.keepAlive)
        let variations = ImageVariations(studio: studio, keepAlive: configuration.keepAlive)
        let events = PictureEvents(studio: studio, keepAlive: configuration.keepAlive)
        let details = ModelDetails(
            model: studio.model, limits: studio.configuration.limits, upscalers: studio.upscalers)
        let status = ServiceStatus(studio: studio)
        let vocabulary = VocabularyFiles(model: studio.model)

        router.serve(
            .page, get: { request, _ in page.show(request) }, post: { try await page.submit($0, $1.admission) })
        router.serve(.style, get: asset(PackageResources.style_css, "text/css; charset=utf-8"))
        router.serve(.pageFile, get: { try PageFiles.find($1.parameters.get("name"), for: $0) })
        router.serve(.vocabulary, get: { try vocabulary.find($1.parameters.get("name"), for: $0) })
        router.serve(.icon, get: asset(PackageResources.icon_svg, "image/svg+xml"))
        router.serve(.pictures, post: { try await events.respond(to: $0, $1.admission) })
        router.serve(.upscale, post: { try await events.enlarge($0, $1.admission) })
        router.serve(.modelDetails, get: { _, _ in details.show() })
        router.serve(.status, get: { _, _ in status.show() })
        router.serve(.interfaceDescription, get: asset(PackageResources.openapi_yaml, "application/yaml"))
        router.serve(.imageGenerations, post: { try await generations.respond(to: $0, $1.admission) })
        router.serve(.imageEdits, post: { try await edits.respond(to: $0, $1.admission) })
        router.serve(.imageVariations, post: { try await variations.respond(to: $0, $1.admission) })
        router.serve(.models, get: { _, _ in models.list() })
        router.serve(.model, get: { _, context in try models.find(context.parameters.get("id")) })
        router.addA1111Routes(studio: studio)
        router.serve(.health, get: asset(Array("ok\n".utf8), "text/plain; charset=utf-8"))
        return router
    }

    fileprivate static func asset(_ bytes: [UInt8], _ mediaType: String) -> Router<WebRequestContext>.Handler {
        let file = StaticFile(bytes, type: mediaType)
        return { request, _ in file.response(to: request) }
    }
}

extension Router<WebRequestContext> {
    /// The documents, and what they say for programs.
    fileprivate func addDocuments(_ facts: ServiceFacts, _ figures: PublishedFigures) {
        let documents = Documents(facts: facts, figures: figures)
        let details = DisclosureDetails(facts: facts, figures: figures)
        let security = SecurityText(disclosure: facts.disclosure)
        let style = WebApplication.asset(PackageResources.document_css, "text/css; charset=utf-8")
        serve(.privacy, get: { _, _ in documents.privacy() })
        serve(.terms, get: { _, _ in documents.terms() })
        serve(.about, get: { _, _ in documents.about() })
        serve(.transparency, get: { _, _ in documents.transparency() })
        serve(.documentStyle, get: style)
        serve(.securityText, get: { _, _ in try security.show() })
        serve(.privacyDetails, get: { _, _ in details.privacy() })
        serve(.transparencyDetails, get: { _, _ in details.transparency() })
    }
}

extension Router {
    typealias Handler = @Sendable (Request, Context) async throws -> Response

    /// Answers a route's methods, HEAD where there is GET, and says of the others that they are not known.
    func serve(_ route: Route, get: Handler? = nil, post: Handler? = nil) {
        var handlers: [HTTPRequest.Method: Handler] = [:]
        handlers[.get] = get
        // The body is left out where the response is sent, as it is of errors.
        handlers[.head] = get
        handlers[.post] = post
        let allowed = Array(handlers.keys)
        let path = RouterPath(route.rawValue)
        for method in [HTTPRequest.Method.get, .head, .post, .put, .patch, .delete, .options] {
            on(path, method: method, use: handlers[method] ?? { _, _ in throw WebError.methodNotAllowed(allowed) })
        }
    }
}
