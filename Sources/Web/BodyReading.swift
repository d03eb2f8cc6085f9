internal import Privacy
internal import Studio

extension ImageWorkQueue {
    /// The most bytes of a body that is read where the request is answered: it takes less than a millisecond.
    private static let smallBody = 64 << 10

    /// Makes an order of a body, for a large one where image work is done.
    func read<Order: ~Copyable & Sendable>(
        _ body: consuming SecretBytes, for client: Requester,
        _ read: @escaping @Sendable (consuming SecretBytes) throws -> Order
    ) async throws -> Order {
        let work = ImageWork.reading(bytes: body.count)
        let (isSmall, memory) = (body.count <= Self.smallBody, body.count)
        let parcel = Parcel(body)
        let parse: @Sendable () throws -> Parcel<Order> = {
            guard let body = parcel.take() else { throw CancellationError() }
            return Parcel(try read(body))
        }
        // The files that are in it are decoded from Base64; the body itself is counted with all others.
        let order =
            isSmall ? try erasingStack(parse) : try await run(work, holding: memory, for: client) { _ in try parse() }
        guard let order = order.take() else { throw CancellationError() }
        return order
    }
}
