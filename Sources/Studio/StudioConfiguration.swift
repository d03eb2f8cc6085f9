/// How much a studio does at once.
public struct StudioConfiguration: Sendable, Equatable {
    /// The most pictures in one pass of the denoiser, which is also the most requests that are worked on at once.
    public var maximumBatch: Int

    /// The most requests that wait.
    public var maximumQueue: Int

    /// What one request may ask for.
    public var limits: RequestLimits

    /// Sets the sizes: batches of 4 and 64 requests waiting unless told otherwise.
    public init(maximumBatch: Int = 4, maximumQueue: Int = 64, limits: RequestLimits = RequestLimits()) {
        precondition(maximumBatch >= 1, "a batch of \(maximumBatch) pictures cannot be made")
        precondition(maximumQueue >= 0, "\(maximumQueue) requests cannot wait")
        self.maximumBatch = maximumBatch
        self.maximumQueue = maximumQueue
        self.limits = limits
    }
}
