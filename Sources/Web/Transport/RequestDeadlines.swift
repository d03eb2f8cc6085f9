internal import HTTPTypes
package import NIOCore
package import NIOHTTPTypes

/// Until when a client has to do what a connection waits for; nothing while the connection waits for the server.
package struct RequestDeadlines {
    /// What to do when the client is late.
    package enum Verdict: Equatable {
        /// Nothing: there is time until the deadline, or for ever where that is nil.
        case wait(until: NIODeadline?)
        /// Say that the body came too slowly.
        case refuse
        /// End the connection.
        case close
    }

    private let limits: ConnectionLimits
    /// Whether it is one stream of several of an HTTP/2 connection, which begins with a head and ends with the answer.
    private let isStream: Bool
    /// When the client's present turn began.
    private var since: NIODeadline
    private var isFirst = true
    private var unanswered = 0
    private var isReading = false
    private var bodyBytes = 0
    /// Whether nothing more is expected of the client than to go.
    private var isOver = false
    /// Whether one of the two has said that the connection ends with the answer.
    private var endsWithAnswer = false

    /// Waits for the first request.
    package init(limits: ConnectionLimits, isStream: Bool, now: NIODeadline) {
        self.limits = limits
        self.isStream = isStream
        since = now
    }

    /// A part of a request has come.
    package mutating func receive(_ part: HTTPRequestPart, now: NIODeadline) {
        switch part {
        case .head(let head):
            unanswered += 1
            isReading = true
            bodyBytes = 0
            isFirst = false
            if unanswered == 1 { since = now }
            if head.headerFields[.connection]?.lowercased() == "close" { endsWithAnswer = true }
        case .body(let bytes): bodyBytes += bytes.readableBytes
        case .end: isReading = false
        }
    }

    /// A part of an answer is sent.
    package mutating func send(_ part: HTTPResponsePart, now: NIODeadline) {
        switch part {
        case .head(let head):
            if head.headerFields[.connection]?.lowercased() == "close" { endsWithAnswer = true }
        case .body: break
        case .end:
            unanswered = max(0, unanswered - 1)
            since = now
            // What is left of a body that nobody wanted is not worth waiting for.
            if unanswered == 0, endsWithAnswer || isReading { isOver = true }
        }
    }

    /// The client sent what is no request, or went away.
    package mutating func fail(now: NIODeadline) {
        isOver = true
        since = now
    }

    /// What is to be done now.
    package mutating func verdict(now: NIODeadline) -> Verdict {
        guard let deadline else { return .wait(until: nil) }
        guard now >= deadline else { return .wait(until: deadline) }
        guard !isOver, unanswered == 1 else { return .close }
        fail(now: now)
        return .refuse
    }

    /// When the client's turn is over; nil when it is the server's.
    package var deadline: NIODeadline? {
        if isOver { return since + TimeAmount(limits.parting) }
        if unanswered == 0 { return isStream ? nil : since + TimeAmount(isFirst ? limits.head : limits.idle) }
        // A request behind another one cannot be read before that is answered, however fast it comes.
        guard isReading, unanswered == 1 else { return nil }
        return since + TimeAmount(limits.body) + .seconds(Int64(bodyBytes / limits.bodyBytesPerSecond))
    }
}
