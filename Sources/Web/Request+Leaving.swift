internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore

extension Request {
    /// Does work for a request whose body has been taken, and cancels it when the client goes away.
    ///
    /// To learn of that, the connection is given up: it ends with the answer, which must say so. Errors that are thrown
    /// from here do.
    func untilClientLeaves<Value: Sendable>(_ work: () async throws -> Value) async throws(WebError) -> Value {
        do {
            return try await body.consumeWithCancellationOnInboundClose { _ in try await work() }
        } catch {
            var error = WebError(error)
            error.headers[.connection] = "close"
            throw error
        }
    }
}
