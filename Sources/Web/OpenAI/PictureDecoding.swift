internal import NIOPosix

/// Reads an order with pictures in it on a thread that may be busy for long: decoding takes up to a second, and the
/// threads that tasks run on serve everyone.
func decoded(_ body: @escaping @Sendable () throws -> ImageOrder) async throws -> ImageOrder {
    let parcel = try await NIOThreadPool.singleton.runIfActive { Parcel(try body()) }
    guard let order = parcel.take() else { throw CancellationError() }
    return order
}
