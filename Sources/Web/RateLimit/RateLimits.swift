/// How much one requester may ask for: so much at once, and so much again over each minute.
public struct RateLimits: Sendable, Equatable {
    /// Requests that may make pictures, a minute.
    public var requestsPerMinute: Int

    /// Work a minute: pixels times steps, so that 20 steps of 512 × 512 are 5,242,880.
    ///
    /// A single request may cost more: it is let in when nothing has been spent, and a minute has to be waited out.
    public var workPerMinute: Int

    /// Sets limits: 60 requests and 200 million pixel-steps a minute unless told otherwise. No person reaches the first
    /// and few processors the second; together they keep one network from filling the queue.
    public init(requestsPerMinute: Int = 60, workPerMinute: Int = 200_000_000) {
        precondition(requestsPerMinute > 0 && workPerMinute > 0, "a limit of nothing would let nobody in")
        self.requestsPerMinute = requestsPerMinute
        self.workPerMinute = workPerMinute
    }
}
