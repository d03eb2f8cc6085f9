import NIOCore
import Testing
import Web

@Suite("Frames of HTTP/2 that carry no request")
struct FrameBudgetTests {
    private typealias Frame = HTTP2FrameHeader

    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000)
    private let update = Frame(length: 4, kind: 8)

    @Test("heads of frames are found however the bytes are cut", arguments: [1, 2, 3, 9, 10, 1000])
    func reading(size: Int) {
        var bytes = ByteBuffer(string: "preface")
        bytes.writeBytes([0, 0, 3, 0, 1, 0, 0, 0, 5] + [1, 2, 3])
        bytes.writeBytes([0, 0, 0, 4, 1, 0, 0, 0, 0])
        bytes.writeBytes([0, 1, 4, 0xBE, 0xFF, 0x80, 0, 1, 0] + Array(repeating: 7, count: 260))
        bytes.writeBytes([0, 0, 0, 8, 0])
        var reader = FrameReader(skipping: 7)
        var frames: [Frame] = []
        while let piece = bytes.readSlice(length: min(size, bytes.readableBytes)), piece.readableBytes > 0 {
            reader.read(piece.readableBytesView) { frames.append($0) }
        }
        #expect(
            frames == [
                Frame(length: 3, kind: 0, flags: 1, stream: 5), Frame(length: 0, kind: 4, flags: 1),
                Frame(length: 260, kind: 0xBE, flags: 0xFF, stream: 256),
            ])
    }

    @Test(
        "a flood is cut when what is saved up is spent",
        arguments: [(8, 4), (0xBE, 0), (6, 8), (4, 0), (2, 5), (9, 0), (3, 4), (0, 0), (0, 1)] as [(UInt8, Int)])
    func floods(kind: UInt8, length: Int) {
        var budget = FrameBudget(now: start)
        for _ in 0..<FrameBudget.burst / 2 { budget.receive(Frame(length: length, kind: kind), now: start) }
        #expect(!budget.isExceeded)
        for _ in 0...FrameBudget.burst / 2 { budget.receive(Frame(length: length, kind: kind), now: start) }
        #expect(budget.isExceeded)
    }

    @Test("large frames of no use cost more")
    func largeFrames() {
        var budget = FrameBudget(now: start)
        for _ in 0...FrameBudget.burst / 10 { budget.receive(Frame(length: 16_384, kind: 0xBE), now: start) }
        #expect(budget.isExceeded)
    }

    @Test("requests and their bodies cost nothing")
    func requests() {
        var budget = FrameBudget(now: start)
        for stream in 0..<UInt32(10 * FrameBudget.burst) {
            budget.receive(Frame(length: 100, kind: Frame.Kind.headers, flags: 4, stream: stream), now: start)
            budget.receive(Frame(length: 16_384, kind: Frame.Kind.data, stream: stream), now: start)
            budget.receive(Frame(length: 1, kind: Frame.Kind.data, flags: 1, stream: stream), now: start)
        }
        #expect(!budget.isExceeded)
    }

    @Test("windows may be opened as often as something goes through them")
    func downloads() {
        var budget = FrameBudget(now: start)
        for _ in 0..<10 * FrameBudget.burst {
            budget.send(Frame(length: 1, kind: Frame.Kind.data))
            for _ in 0..<FrameBudget.perPiece { budget.receive(update, now: start) }
        }
        #expect(!budget.isExceeded)
        // Nothing is saved up beyond the most.
        for _ in 0..<10 * FrameBudget.burst { budget.send(Frame(length: 1, kind: Frame.Kind.data)) }
        for _ in 0...FrameBudget.burst { budget.receive(update, now: start) }
        #expect(budget.isExceeded)
    }

    @Test("answers to the flood itself give nothing back", arguments: [4, 6, 8] as [UInt8])
    func acknowledgements(kind: UInt8) {
        var budget = FrameBudget(now: start)
        for _ in 0...FrameBudget.burst {
            budget.receive(Frame(length: 8, kind: kind), now: start)
            budget.send(Frame(length: 8, kind: kind, flags: 1))
        }
        #expect(budget.isExceeded)
    }

    @Test("a client that makes the server reset its streams spends more")
    func resets() {
        var budget = FrameBudget(now: start)
        for _ in 0...FrameBudget.burst / 10 { budget.send(Frame(length: 4, kind: Frame.Kind.resetStream)) }
        #expect(budget.isExceeded)
    }

    @Test("time gives back, at its rate and up to the most")
    func time() {
        var budget = FrameBudget(now: start)
        for second in 0..<Int64(1000) {
            for _ in 0..<FrameBudget.perSecond { budget.receive(update, now: start + .seconds(second)) }
        }
        #expect(!budget.isExceeded)
        let later = start + .hours(24)
        for _ in 0...FrameBudget.burst + 1 { budget.receive(update, now: later) }
        #expect(budget.isExceeded)
    }
}
