import HTTPTypes
import NIOCore
import NIOHTTPTypes
import Testing
import Web

@Suite("Until when a client has to do its part")
struct RequestDeadlineTests {
    private let limits = ConnectionLimits()
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000)

    private func connection(isStream: Bool = false) -> RequestDeadlines {
        RequestDeadlines(limits: limits, isStream: isStream, now: start)
    }

    private func head(_ fields: HTTPFields = [:]) -> HTTPRequestPart {
        .head(HTTPRequest(method: .post, scheme: "http", authority: "localhost", path: "/", headerFields: fields))
    }

    private func answer(_ connection: inout RequestDeadlines, at now: NIODeadline, _ fields: HTTPFields = [:]) {
        connection.send(.head(HTTPResponse(status: .ok, headerFields: fields)), now: now)
        connection.send(.end(nil), now: now)
    }

    @Test("who says nothing is cut off after the time for a head")
    func silence() {
        var connection = connection()
        let limit = start + TimeAmount(limits.head)
        #expect(connection.verdict(now: limit - .nanoseconds(1)) == .wait(until: limit))
        #expect(connection.verdict(now: limit) == .close)
    }

    @Test("a body that stops is refused, and then cut off")
    func stoppedBody() {
        var connection = connection()
        connection.receive(head(), now: start)
        let limit = start + TimeAmount(limits.body)
        #expect(connection.verdict(now: limit) == .refuse)
        #expect(connection.verdict(now: limit) == .wait(until: limit + TimeAmount(limits.parting)))
        #expect(connection.verdict(now: limit + TimeAmount(limits.parting)) == .close)
    }

    @Test("a body that comes fast enough has the time that it takes, however long that is")
    func steadyBody() {
        var connection = connection()
        connection.receive(head(), now: start)
        let piece = HTTPRequestPart.body(ByteBuffer(repeating: 0, count: limits.bodyBytesPerSecond))
        for second in 1...1_000 {
            let now = start + .seconds(Int64(second))
            #expect(
                connection.verdict(now: now) == .wait(until: max(start + TimeAmount(limits.body), now + .seconds(9))))
            connection.receive(piece, now: now)
        }
    }

    @Test("a body that came fast and then stops is refused within seconds, however much of it has come")
    func fastThenStalled() {
        for seconds in [0, 5, 15, 60] {
            var connection = connection()
            connection.receive(head(), now: start)
            for second in 0...seconds {
                let piece = ByteBuffer(repeating: 0, count: 63 << 20)
                connection.receive(.body(piece), now: start + .seconds(Int64(second)))
            }
            let stop = start + .seconds(Int64(seconds))
            let limit = max(start + TimeAmount(limits.body), stop + TimeAmount(limits.bodyStall))
            #expect(connection.verdict(now: limit - .nanoseconds(1)) == .wait(until: limit))
            #expect(connection.verdict(now: limit) == .refuse)
        }
    }

    @Test("a body that comes too slowly is refused, however little it lacks")
    func tooSlow() {
        var connection = connection()
        connection.receive(head(), now: start)
        let piece = HTTPRequestPart.body(ByteBuffer(repeating: 0, count: limits.bodyBytesPerSecond * 9 / 10))
        var now = start
        while connection.verdict(now: now) == .wait(until: connection.deadline), now < start + .hours(1) {
            connection.receive(piece, now: now)
            now = now + .seconds(1)
        }
        #expect(now < start + .minutes(2))
    }

    @Test("while the server works and answers there is no deadline")
    func work() {
        var connection = connection()
        connection.receive(head(), now: start)
        connection.receive(.end(nil), now: start)
        #expect(connection.verdict(now: start + .hours(10)) == .wait(until: nil))
        connection.send(.head(HTTPResponse(status: .ok)), now: start + .hours(10))
        connection.send(.body(ByteBuffer(string: ": \n\n")), now: start + .hours(11))
        connection.deliver(4, now: start + .hours(11))
        #expect(connection.verdict(now: start + .hours(20)) == .wait(until: nil))
    }

    @Test("who takes nothing of the answer is cut off, who takes it slowly is not")
    func delivery() {
        var connection = connection()
        connection.receive(head(), now: start)
        connection.receive(.end(nil), now: start)
        let piece = HTTPResponsePart.body(ByteBuffer(repeating: 0, count: 10 * limits.answerBytesPerSecond))
        var now = start
        for _ in 0..<100 {
            connection.send(piece, now: now)
            now = now + TimeAmount(limits.deaf)
            #expect(connection.verdict(now: now) == .wait(until: now + .seconds(10)))
            connection.deliver(10 * limits.answerBytesPerSecond, now: now)
            #expect(connection.deadline == nil)
        }
        connection.send(piece, now: now)
        #expect(connection.verdict(now: now + TimeAmount(limits.deaf) + .seconds(10)) == .close)
    }

    @Test("an answer that is large gives no more time to take a piece of it")
    func largeAnswer() {
        var connection = connection()
        connection.receive(head(), now: start)
        connection.receive(.end(nil), now: start)
        for _ in 0..<1000 { connection.send(.body(ByteBuffer(repeating: 0, count: limits.pieceBytes)), now: start) }
        let time = TimeAmount(limits.deaf) + .seconds(Int64(limits.pieceBytes / limits.answerBytesPerSecond))
        #expect(connection.deadline == start + time)
        connection.deliver(limits.pieceBytes, now: start + .minutes(5))
        #expect(connection.deadline == start + .minutes(5) + time)
    }

    @Test("a connection that is kept may be idle for its time")
    func keptConnection() {
        var connection = connection()
        connection.receive(head(), now: start)
        connection.receive(.end(nil), now: start)
        answer(&connection, at: start + .hours(1))
        let limit = start + .hours(1) + TimeAmount(limits.idle)
        #expect(connection.verdict(now: limit - .seconds(1)) == .wait(until: limit))
        #expect(connection.verdict(now: limit) == .close)
    }

    @Test("a request that waits behind another one is not late")
    func pipelining() {
        var connection = connection()
        connection.receive(head(), now: start)
        connection.receive(.end(nil), now: start)
        connection.receive(head(), now: start)
        #expect(connection.verdict(now: start + .hours(1)) == .wait(until: nil))
        answer(&connection, at: start + .hours(1))
        #expect(connection.deadline == start + .hours(1) + TimeAmount(limits.body))
    }

    @Test("what is left of a refused body is not waited for, nor a connection that ends", arguments: [true, false])
    func parting(hasEnded: Bool) {
        var connection = connection()
        connection.receive(head(), now: start)
        if hasEnded { connection.receive(.end(nil), now: start) }
        answer(&connection, at: start, hasEnded ? [.connection: "close"] : [:])
        connection.receive(.body(ByteBuffer(repeating: 0, count: 1 << 20)), now: start)
        #expect(connection.verdict(now: start + TimeAmount(limits.parting)) == .close)
    }

    @Test("the last answer has its time to be taken, and the parting begins behind it")
    func lastAnswer() {
        var connection = connection()
        connection.receive(head(), now: start)
        connection.receive(.end(nil), now: start)
        let bytes = 10 * limits.answerBytesPerSecond
        connection.send(.head(HTTPResponse(status: .ok, headerFields: [.connection: "keep-alive, Close"])), now: start)
        connection.send(.body(ByteBuffer(repeating: 0, count: bytes)), now: start)
        connection.send(.end(nil), now: start)
        let late = start + TimeAmount(limits.deaf) + .seconds(10)
        #expect(connection.verdict(now: late - .seconds(1)) == .wait(until: late))
        var other = connection
        #expect(other.verdict(now: late) == .close)
        connection.deliver(bytes, now: late - .seconds(1))
        let limit = late - .seconds(1) + TimeAmount(limits.parting)
        #expect(connection.verdict(now: limit - .nanoseconds(1)) == .wait(until: limit))
        #expect(connection.verdict(now: limit) == .close)
    }

    @Test("a request behind the last answer holds nothing")
    func behindTheLast() {
        var connection = connection()
        connection.receive(head([.connection: "close"]), now: start)
        connection.receive(.end(nil), now: start)
        connection.receive(head(), now: start)
        connection.receive(.end(nil), now: start)
        answer(&connection, at: start)
        #expect(connection.verdict(now: start + TimeAmount(limits.parting)) == .close)
    }

    @Test("what comes of a body whose answer is on its way is dropped, and nothing else is")
    func dropping() {
        var connection = connection()
        connection.receive(head(), now: start)
        #expect(!connection.dropsBody)
        connection.send(.head(HTTPResponse(status: .contentTooLarge)), now: start)
        #expect(connection.dropsBody)
        connection.send(.end(nil), now: start)
        connection.receive(.end(nil), now: start)
        connection.receive(head(), now: start)
        #expect(!connection.dropsBody)
    }

    @Test("the rest of a refused body has the time to come that a parting takes, also when the answer waits for it")
    func refusedBody() {
        var connection = connection()
        connection.receive(head(), now: start)
        connection.send(.head(HTTPResponse(status: .contentTooLarge)), now: start)
        connection.receive(.body(ByteBuffer(repeating: 0, count: 1 << 20)), now: start)
        #expect(connection.deadline == start + TimeAmount(limits.parting))
        var other = connection
        #expect(connection.verdict(now: start + TimeAmount(limits.parting)) == .close)

        other.send(.end(nil), now: start)
        other.receive(.end(nil), now: start)
        #expect(other.deadline == start + TimeAmount(limits.idle), "the connection goes on")
        other.receive(head(), now: start)
        other.receive(.end(nil), now: start)
        #expect(other.deadline == nil, "the next request has all the time")
    }

    @Test("a stream of HTTP/2 has no time of its own before and after its request")
    func stream() {
        var connection = connection(isStream: true)
        #expect(connection.deadline == nil)
        connection.receive(head(), now: start)
        #expect(connection.verdict(now: start + TimeAmount(limits.body)) == .refuse)
    }
}
