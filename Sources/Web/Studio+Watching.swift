internal import HTTPTypes
internal import Hummingbird
internal import Studio

extension Studio {
    /// Begins a request whose response is a stream, and gives what happens to it; the work ends when the client leaves.
    ///
    /// - Parameters:
    ///   - order: What is asked for.
    ///   - request: How it came; its body has been taken.
    /// - Returns: The events, and the watch, which must be ended before the response is.
    func watchedEvents(
        for order: consuming GenerationRequest, of request: Request
    ) async throws -> (AsyncThrowingStream<GenerationEvent, any Error>, ClientWatch) {
        guard order.hasInitialImage else {
            let events = try await events(for: order)
            let watch = ClientWatch(request.body)
            return (watch.cancelling(events), watch)
        }
        // Reading images takes a while, and is not to go on for nobody.
        let watch = ClientWatch(request.body)
        let parcel = Parcel(order)
        do {
            let events = try await watch.cancelling {
                guard let order = parcel.take() else { throw CancellationError() }
                return try await self.events(for: order)
            }
            return (watch.cancelling(events), watch)
        } catch {
            await watch.end()
            var error = WebError(error)
            error.headers[.connection] = "close"
            throw error
        }
    }
}
