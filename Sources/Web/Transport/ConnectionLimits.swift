/// How long a client may take for its part of a connection, and how much it may send before anybody looks at it.
///
/// No limit counts while the server works on a request, so that none can cut a long one short, and whoever reads its
/// answer slowly has the time.
public struct ConnectionLimits: Sendable, Equatable {
    /// The most connections at once.
    public var connections = 512

    /// How long the TLS handshake may take.
    public var handshake = Duration.seconds(10)

    /// How long the first request's head may take.
    public var head = Duration.seconds(15)

    /// How long a connection may be without a request, the next head included.
    public var idle = Duration.seconds(60)

    /// How long a body may take before its rate counts.
    public var body = Duration.seconds(20)

    /// The least bytes of a body that have to come each second after that, on the average of the last seconds.
    public var bodyBytesPerSecond = 8 << 10

    /// Over how many seconds that average is taken: so long may a body stop that came faster until then.
    public var bodyStall = Duration.seconds(10)

    /// How long a client has to take its answer and go, once the connection is given up.
    public var parting = Duration.seconds(5)

    /// How long a client may take none of what is sent to it.
    public var deaf = Duration.seconds(300)

    /// The most bytes of an answer that are written in one piece, whose taking is noticed.
    public var pieceBytes = 64 << 10

    /// The bytes of a piece of an answer that give the client a second more to take it.
    public var answerBytesPerSecond = 1 << 10

    /// The most bytes of all fields of a head together; the request's address counts as one.
    public var headBytes = 32 << 10

    /// The most bytes of one field.
    public var fieldBytes = 16 << 10

    /// The most fields of a head.
    public var fields = 100

    /// The limits that are documented.
    public init() {}

    /// The most connections of one network, where clients connect directly: a quarter, so that four are needed to keep
    /// others out.
    var connectionsPerNetwork: Int { max(1, connections / 4) }
}
