internal import HTTPTypes
package import NIOCore
package import NIOHTTPTypes

/// Until when a client has to do what a connection waits for: to send its request, or to take what is sent to it. While
/// the connection waits for the server there is no such time.
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
    /// Until when the bytes of the body that came lately are enough; never further ahead than the time for a stall.
    private var credit: NIODeadline
    /// When the answer to a body was begun that had not all come, whose rest is not wanted then.
    private var refusal: NIODeadline?
    /// Whether nothing more is expected of the client than to go.
    private var isOver = false
    /// Whether that is so because of a mistake.
    private var hasFailed = false
    private var hasEnded = false
    /// Whether one of the two has said that the connection ends with the answer.
    private var endsWithAnswer = false
    /// The bytes of the answer that the client's window has had no room for, and when it last had room for some.
    private var undelivered = (bytes: 0, since: NIODeadline.now())

    /// Waits for the first request.
    package init(limits: ConnectionLimits, isStream: Bool, now: NIODeadline) {
        self.limits = limits
        self.isStream = isStream
        since = now
        credit = now
    }

    /// A part of a request has come.
    package mutating func receive(_ part: HTTPRequestPart, now: NIODeadline) {
        switch part {
        case .head(let head):
            unanswered += 1
            hasEnded = false
            isReading = true
            refusal = nil
            isFirst = false
            if unanswered == 1 { beginTurn(now) }
            if head.headerFields.endsConnection { endsWithAnswer = true }
        case .body(let bytes):
            let earned = Int64(bytes.readableBytes) * 1_000_000_000 / Int64(max(1, limits.bodyBytesPerSecond))
            credit = min(credit + .nanoseconds(earned), now + TimeAmount(limits.bodyStall))
        case .end:
            isReading = false
            refusal = nil
            if unanswered == 0 { since = now }
        }
    }

    /// A part of an answer is sent.
    package mutating func send(_ part: HTTPResponsePart, now: NIODeadline) {
        switch part {
        case .head(let head):
            if head.headerFields.endsConnection { endsWithAnswer = true }
            if isReading, unanswered == 1 { refusal = now }
        case .body(let bytes):
            if undelivered.bytes == 0 { undelivered.since = now }
            undelivered.bytes += bytes.readableBytes
        case .end:
            unanswered = max(0, unanswered - 1)
            hasEnded = true
            beginTurn(now)
            // Nothing behind the last answer is one more.
            if endsWithAnswer { isOver = true }
        }
    }

    /// So many bytes of the answer are on their way.
    package mutating func deliver(_ bytes: Int, now: NIODeadline) {
        undelivered = (undelivered.bytes - bytes, now)
        if isOver, !hasFailed { since = now }
    }

    /// The client sent what is no request, or went away.
    package mutating func fail(now: NIODeadline) {
        isOver = true
        hasFailed = true
        since = now
    }

    /// What is to be done now.
    package mutating func verdict(now: NIODeadline) -> Verdict {
        guard let deadline else { return .wait(until: nil) }
        guard now >= deadline else { return .wait(until: deadline) }
        guard !isOver, refusal == nil, let reading, now >= reading else { return .close }
        fail(now: now)
        return .refuse
    }

    /// Whether the latest request's answer is complete, and on its way.
    package var isAnswered: Bool { hasEnded && undelivered.bytes == 0 }

    /// When the client's turn is over; nil when it is the server's.
    package var deadline: NIODeadline? {
        // What is still on its way has its own time, and the parting begins behind it.
        if isOver { return !hasFailed && undelivered.bytes > 0 ? delivery : since + TimeAmount(limits.parting) }
        return [waiting, reading, delivery].compactMap(\.self).min()
    }

    /// Whether what comes of the body is of no use to anybody, because the answer is on its way or the connection is over.
    package var dropsBody: Bool { refusal != nil || isOver }

    /// Until when the next request has to have come.
    private var waiting: NIODeadline? {
        unanswered > 0 || isStream ? nil : since + TimeAmount(isFirst ? limits.head : limits.idle)
    }

    /// Until when the body has to have come.
    private var reading: NIODeadline? {
        if let refusal { return refusal + TimeAmount(limits.parting) }
        // A request behind another one cannot be read before that is answered, however fast it comes.
        guard isReading, unanswered == 1 else { return nil }
        return max(since + TimeAmount(limits.body), credit)
    }

    /// The client's turn begins.
    private mutating func beginTurn(_ now: NIODeadline) {
        since = now
        credit = now + TimeAmount(limits.bodyStall)
    }

    /// Until when what was sent has to have been taken.
    private var delivery: NIODeadline? {
        guard undelivered.bytes > 0 else { return nil }
        let seconds = Int64(min(undelivered.bytes, limits.pieceBytes) / limits.answerBytesPerSecond)
        return undelivered.since + TimeAmount(limits.deaf) + .seconds(seconds)
    }
}

extension HTTPFields {
    /// Whether one of the connection's options says that it ends with the answer.
    var endsConnection: Bool {
        self[values: .connection].contains { value in
            value.split(separator: ",").contains { $0.filter { $0 != " " && $0 != "\t" }.lowercased() == "close" }
        }
    }
}
