internal import HTTPTypes
internal import Hummingbird
internal import Logging

/// Writes one line a request, made of enumerations and numbers alone, and counts it.
struct EventLog<Context: RequestContext>: RouterMiddleware {
    let logger: Logger
    let metrics: ServiceMetrics

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        let started = ContinuousClock.now
        var response = try await next(request, context)
        let route = Route(endpointPath: context.endpointPath)
        let status = response.status.code
        let milliseconds = (ContinuousClock.now - started) / .milliseconds(1)
        logger.log(.answered(route, status: status, milliseconds: Int(milliseconds)))

        let body = response.body
        response.body = ResponseBody(contentLength: body.contentLength) { [metrics] writer in
            defer { metrics.recordAnswer(route, status: status, duration: ContinuousClock.now - started) }
            try await body.write(writer)
        }
        return response
    }
}
