internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import Privacy

/// Turns whatever was thrown into an answer. What an unexpected error says is not passed on.
///
/// An error can come before the request's body was read. After the answer, what is left of it is read and dropped:
/// otherwise it would lie in the connection's memory, and the client's leaving behind it would not be noticed.
struct ErrorResponses<Context: RequestContext>: RouterMiddleware {
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
            return WebError(error).response(for: Dialect(path: request.uri.path)).readingRest(of: request.body)
        }
    }
}

extension Response {
    /// The same answer, after which a request's body is read to its end.
    fileprivate consuming func readingRest(of rest: RequestBody) -> Response {
        let answer = body
        var response = self
        response.body = ResponseBody(contentLength: answer.contentLength) { writer in
            try await answer.write(writer)
            for try await _ in rest {}
        }
        return response
    }
}
