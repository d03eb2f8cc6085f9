package import NIOCore

/// How many frames a client of HTTP/2 may still send that carry no part of a request.
///
/// Each costs the server work and the client next to nothing, so they are counted against time and against the pieces
/// of responses that were sent: a client that opens its windows in small steps pays for each step with what it takes.
package struct FrameBudget {
    /// The most frames that are saved up.
    package static let burst = 1_000

    /// The frames that come back each second.
    package static let perSecond = 50

    /// The frames that come back with each piece of a response: the windows of its stream and of the connection, twice.
    package static let perPiece = 4

    /// What a reset by the server costs: the client asked for work and made it impossible.
    private static let resetCost = 10

    /// A piece of a body that is shorter, and not its last, costs as much as a frame without any.
    private static let leastPiece = 64

    private var balance = Double(burst)
    private var time: NIODeadline

    /// Begins with all that can be saved up.
    package init(now: NIODeadline) { time = now }

    /// Whether the client has sent more than it may.
    package var isExceeded: Bool { balance < 0 }

    /// A frame came from the client.
    package mutating func receive(_ frame: HTTP2FrameHeader, now: NIODeadline) {
        let seconds = Double((now - time).nanoseconds) / 1e9
        time = now
        add(seconds * Double(Self.perSecond))
        switch frame.kind {
        case HTTP2FrameHeader.Kind.headers: break
        case HTTP2FrameHeader.Kind.data
        where frame.length >= Self.leastPiece || frame.has(HTTP2FrameHeader.Flags.endStream):
            break
        default: balance -= Double(1 + frame.length / 1024)
        }
    }

    /// A frame went to the client.
    package mutating func send(_ frame: HTTP2FrameHeader) {
        switch frame.kind {
        case HTTP2FrameHeader.Kind.data where frame.length > 0: add(Double(Self.perPiece))
        case HTTP2FrameHeader.Kind.resetStream: balance -= Double(Self.resetCost)
        default: break
        }
    }

    private mutating func add(_ frames: Double) { balance = min(Double(Self.burst), balance + frames) }
}
