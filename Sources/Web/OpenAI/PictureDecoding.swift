internal import NIOPosix

/// Reads an order with pictures in it on a thread that may be busy for long: decoding takes up to a second, and the
/// threads that tasks run on serve everyone.
func decoded(_ body: @escaping @Sendable () throws -> ImageOrder) async throws -> ImageOrder {
    // The pool's threads wait for other pictures with whatever lies on their stacks.
    let parcel = try await NIOThreadPool.singleton.runIfActive { try erasingStack { Parcel(try body()) } }
    guard let order = parcel.take() else { throw CancellationError() }
    return order
}
