internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import Privacy
internal import Studio

/// Turns whatever was thrown into an answer. What an unexpected error says is not passed on.
struct ErrorResponses<Context: RequestContext>: RouterMiddleware {
    /// Whether the server stops, which ends requests whose clients have not gone.
    let readiness: Readiness

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as HTTPError where error.status == .notFound {
            return WebError.unknownURL.response(for: Dialect(path: request.uri.path))
        } catch {
            // What was read of the request before the mistake.
            eraseStack()
            var error = WebError(error)
            if error.code == .cancelled, readiness.isStopping { error = WebError(StudioError.shuttingDown) }
            return error.response(for: Dialect(path: request.uri.path))
        }
    }
}
