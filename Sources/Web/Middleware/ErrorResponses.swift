internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import Privacy
internal import Studio

/// Turns whatever was thrown into an answer. What an unexpected error says is not passed on.
///
/// An error can come before the request's body was read. After the answer, what is left of it is read and dropped:
/// otherwise it would lie in the connection's memory, and the client's leaving behind it would not be noticed.
struct ErrorResponses<Context: RequestContext>: RouterMiddleware {
    /// Whether the server stops, which ends requests whose clients have not gone.
    let readiness: Readiness

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as HTTPError where error.status == .notFound {
            return WebError.unknownURL.response(for: Dialect(path: request.uri.path)).readingRest(of: request.body)
        } catch {
            // What was read of the request before the mistake.
            eraseStack()
            var error = WebError(error)
            if error.code == .cancelled, readiness.isStopping { error = WebError(StudioError.shuttingDown) }
            return error.response(for: Dialect(path: request.uri.path)).readingRest(of: request.body)
        }
    }
}

extension Response {
    /// The same answer, after which a request's body is read to its end.
    consuming func readingRest(of rest: RequestBody) -> Response {
        let answer = body
        var response = self
        response.body = ResponseBody(contentLength: answer.contentLength) { writer in
            try await answer.write(writer)
            for try await _ in rest {}
        }
        return response
    }
}
