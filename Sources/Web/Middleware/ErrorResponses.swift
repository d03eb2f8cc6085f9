internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// Turns whatever was thrown into an answer. What an unexpected error says is not passed on.
struct ErrorResponses<Context: RequestContext>: RouterMiddleware {
    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as HTTPError where error.status == .notFound {
            return WebError.unknownURL.response(for: Dialect(path: request.uri.path))
        } catch {
            return WebError(error).response(for: Dialect(path: request.uri.path))
        }
    }
}
