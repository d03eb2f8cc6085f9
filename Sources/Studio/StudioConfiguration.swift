public import Moderation

/// How much a studio does at once, and what it turns away.
public struct StudioConfiguration: Sendable {
    /// The most pictures in one pass of the denoiser. Fewer share one where a ``Calibration`` finds that to be faster.
    public var maximumBatch: Int

    /// The most requests that wait besides a full batch.
    public var maximumQueue: Int

    /// The most work that may wait, in estimated seconds. A request that nobody is before is taken however long it is.
    public var maximumQueueSeconds: Double = 1_800

    /// How much of the room that is left one requester may hold while there are others: with 1, two fill a third of the
    /// queue each, so that there is always room for another. Whoever is alone leaves a quarter of it, and
    /// ``Requester/local`` may hold all of it.
    ///
    /// Choudhury and Hahne, "Dynamic Queue Length Thresholds for Shared-Memory Packet Switches", 1998.
    public var requesterShare: Double = 1

    /// The most bytes that requests may need together, above the loaded model; what the machine has left when the
    /// studio opens when nil.
    public var memoryBudget: Int?

    /// How many of these bytes are left to whoever receives requests, for what they send; a quarter, and no more than 512
    /// MiB, when nil.
    public var bodyBudget: Int?

    /// The longest that a request may take, waiting included.
    public var maximumTime: Duration = .seconds(3_600)

    /// What one request may ask for.
    public var limits: RequestLimits

    /// What may be asked for.
    public var policy = PromptPolicy()

    /// Sets the sizes: batches of 4 and 64 requests waiting unless told otherwise.
    public init(maximumBatch: Int = 4, maximumQueue: Int = 64, limits: RequestLimits = RequestLimits()) {
        precondition(maximumBatch >= 1, "a batch of \(maximumBatch) pictures cannot be made")
        precondition(maximumQueue >= 0, "\(maximumQueue) requests cannot wait")
        self.maximumBatch = maximumBatch
        self.maximumQueue = maximumQueue
        self.limits = limits
    }
}
