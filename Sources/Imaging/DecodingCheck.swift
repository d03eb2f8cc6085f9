/// Asked now and then while an image is decoded: whether nobody wants it any more.
public struct DecodingCheck: Sendable {
    /// Whether the image is not wanted any more; called on the thread that decodes, between rows.
    public let isCancelled: @Sendable () -> Bool

    /// Makes a check.
    public init(isCancelled: @escaping @Sendable () -> Bool) { self.isCancelled = isCancelled }

    /// An image that is wanted in any case.
    public static let wanted = DecodingCheck { false }

    /// Calls a function of C's with a function that asks, and with what that needs.
    func withCallback<Result>(
        _ body: (@convention(c) (UnsafeMutableRawPointer?) -> Int32, UnsafeMutableRawPointer) -> Result
    ) -> Result {
        withUnsafePointer(to: self) { check in
            body(
                { check in
                    let isCancelled = check?.assumingMemoryBound(to: DecodingCheck.self).pointee.isCancelled
                    return isCancelled?() == true ? 1 : 0
                }, UnsafeMutableRawPointer(mutating: check))
        }
    }
}
