import Foundation
import Output
import Synchronization
import Testing

@Suite("Lines on their way to a log")
struct LineQueueTests {
    /// Both ends of a pipe, which go when the test ends.
    private final class Pipe {
        private(set) var (reader, writer): (Int32, Int32) = (-1, -1)

        init() {
            var ends: [Int32] = [-1, -1]
            if pipe(&ends) == 0 { (reader, writer) = (ends[0], ends[1]) }
            // As the program does when it starts.
            signal(SIGPIPE, SIG_IGN)
        }

        deinit {
            closeReader()
            closeWriter()
        }

        func closeWriter() {
            if writer >= 0 { close(writer) }
            writer = -1
        }

        /// Reads until nobody writes any more, while the caller does something else; gives a way to wait for the text.
        func readInBackground() -> () -> String {
            let (reader, box, isDone) = (reader, Box(), DispatchSemaphore(value: 0))
            let thread = Thread {
                var buffer = [UInt8](repeating: 0, count: 1 << 16)
                while case let count = read(reader, &buffer, buffer.count), count > 0 {
                    box.bytes.withLock { $0 += buffer[..<count] }
                }
                isDone.signal()
            }
            thread.start()
            return {
                isDone.wait()
                return box.bytes.withLock { String(decoding: $0, as: UTF8.self) }
            }
        }

        private final class Box: Sendable {
            let bytes = Mutex<[UInt8]>([])
        }

        func closeReader() {
            if reader >= 0 { close(reader) }
            reader = -1
        }

        /// Fills the pipe, so that the next write waits.
        func fill() {
            let flags = fcntl(writer, F_GETFL)
            _ = fcntl(writer, F_SETFL, flags | O_NONBLOCK)
            let bytes = [UInt8](repeating: UInt8(ascii: "#"), count: 4_096)
            while write(writer, bytes, bytes.count) > 0 {}
            _ = fcntl(writer, F_SETFL, flags)
        }

        /// All lines that come until `last` does.
        func lines(until last: String) -> [String] {
            var bytes: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            while true {
                let count = read(reader, &buffer, buffer.count)
                guard count > 0 else { break }
                bytes += buffer[..<count]
                if bytes.suffix(last.utf8.count + 1).elementsEqual("\(last)\n".utf8) { break }
            }
            return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
        }
    }

    @Test("lines come out whole and in their order")
    func order() {
        let pipe = Pipe()
        let queue = LineQueue(to: OutputDescriptor(number: pipe.writer))
        for number in 0..<100 { queue.append("line \(number)") }
        #expect(pipe.lines(until: "line 99") == (0..<100).map { "line \($0)" })
        queue.close(within: .seconds(10))
    }

    @Test("nobody waits for a reader that does not read; what is lost is counted and said when it reads again")
    func fullPipe() {
        let pipe = Pipe()
        pipe.fill()
        let lost = Mutex(0)
        let queue = LineQueue(to: OutputDescriptor(number: pipe.writer), maximumLines: 10) {
            "lost \($0)"
        } onLoss: { count in
            lost.withLock { $0 += count }
        }
        for number in 0..<1_000 { queue.append("line \(number)") }
        // What the thread has taken waits besides, and what it took before that is written.
        let missing = lost.withLock { $0 }
        #expect((900...990).contains(missing))
        let text = pipe.readInBackground()
        queue.close(within: .seconds(10))
        pipe.closeWriter()
        let lines = text().drop { $0 == "#" }.split(separator: "\n")
        let losses = lines.filter { $0.hasPrefix("lost ") }.compactMap { Int($0.dropFirst(5)) }
        let kept = lines.compactMap { $0.hasPrefix("line ") ? Int($0.dropFirst(5)) : nil }
        #expect(losses.reduce(0, +) == missing)
        #expect(kept.count == 1_000 - missing && kept == kept.sorted())
        #expect(lines.count == kept.count + losses.count)
    }

    @Test("a disk that is full and a reader that is gone cost lines, and nothing else")
    func broken() throws {
        let lost = Mutex(0)
        for isPipe in [false, true] {
            let pipe = Pipe()
            pipe.closeReader()
            let number = isPipe ? pipe.writer : open("/dev/full", O_WRONLY)
            try #require(number >= 0)
            let queue = LineQueue(
                to: OutputDescriptor(number: number),
                onLoss: { count in
                    lost.withLock { $0 += count }
                })
            for number in 0..<50 { queue.append("line \(number)") }
            queue.close(within: .seconds(10))
            if !isPipe { close(number) }
        }
        #expect(lost.withLock { $0 } == 100)
    }

    @Test("a stop does not wait for a reader that does not read")
    func boundedClose() {
        let pipe = Pipe()
        pipe.fill()
        let queue = LineQueue(to: OutputDescriptor(number: pipe.writer))
        queue.append("line")
        let time = ContinuousClock().measure { queue.close(within: .milliseconds(50)) }
        #expect(time < .seconds(10))
        // The thread ends with its line, so that the descriptor can be closed.
        _ = pipe.lines(until: "line")
    }
}
