internal import HTTPTypes
internal import Hummingbird
internal import Logging

/// Writes one line a request, made of enumerations and numbers alone.
struct EventLog<Context: RequestContext>: RouterMiddleware {
    let logger: Logger

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        let started = ContinuousClock.now
        let response = try await next(request, context)
        let milliseconds = (ContinuousClock.now - started) / .milliseconds(1)
        logger.log(
            .answered(
                Route(endpointPath: context.endpointPath), status: response.status.code,
                milliseconds: Int(milliseconds)))
        return response
    }
}
