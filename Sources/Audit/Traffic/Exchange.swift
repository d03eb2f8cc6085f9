/// One request of an audit: what is sent, how it is to end, and what must not be found afterwards.
struct Exchange: Sendable {
    /// How a request can end.
    enum Ending: String, Sendable, CaseIterable {
        case completed, streamed, refused, malformed, tooLarge = "too large", failed, timedOut = "timed out"
        case interrupted, vanished, vanishedEarly = "vanished while sending", full = "turned away"
    }

    /// What the client does after it has sent the request.
    enum Client: Sendable {
        /// It reads the answer.
        case reads
        /// It goes when the answer has begun, or after a moment.
        case leaves
        /// It goes before it has sent everything.
        case leavesEarly
        /// It asks how its task is, looks at the preview, and stops it.
        case interrupts(task: String)
    }

    let api: String
    let ending: Ending
    let canary: Canary
    var message: HTTPMessage
    var client = Client.reads
    /// The statuses that it may be answered with.
    var statuses: Set<Int> = [200]
    /// Something that the answer's body must have.
    var marker = ""
    /// Patterns of the picture that is sent.
    var sent: [(CanaryForm, [UInt8])] = []
    /// How to make the picture again; nil where there is nothing to work out.
    var replay: ReplaySettings?
}

/// What is needed to work out what the engine held for a request.
struct ReplaySettings: Sendable {
    var width: Int
    var height: Int
    var steps: Int
    /// Whether the answer holds exactly the picture that these settings make.
    var isCompared = true
}

/// What came of a request.
struct Outcome: Sendable {
    let exchange: Exchange
    let answer: HTTPAnswer

    /// Whether it ended as it was meant to.
    var isAsMeant: Bool {
        switch exchange.client {
        case .leaves, .leavesEarly: true
        case .reads, .interrupts:
            exchange.statuses.contains(answer.status)
                && (exchange.marker.isEmpty || answer.body.firstRange(of: Array(exchange.marker.utf8)) != nil)
        }
    }

    /// Whether the answer may hold what was sent: a picture goes to whoever asked for it, A1111's with its parameters.
    var mayHoldCanary: Bool { answer.status == 200 }
}
