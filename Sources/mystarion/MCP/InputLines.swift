import Foundation
import Privacy
import Web

/// The lines of standard input, read by a thread of their own.
struct InputLines {
    /// A line without its end.
    enum Line: Sendable {
        case whole(Parcel<SecretBytes>)
        /// It was longer than it may be, and is gone.
        case tooLong
    }

    let maximumBytes: Int

    /// How many lines may wait to be taken.
    private static let waitingLines = 4

    /// The lines, to the end of standard input.
    func lines() -> AsyncStream<Line> {
        // One that begins with more than it ends with must not be freed.
        let room = DispatchSemaphore(value: 0)
        for _ in 0..<Self.waitingLines { room.signal() }
        let (stream, continuation) = AsyncStream.makeStream(of: Line.self)
        let maximumBytes = maximumBytes
        let thread = Thread {
            var reader = LineReader(maximumBytes: maximumBytes)
            while let line = reader.next() {
                room.wait()
                continuation.yield(line)
            }
            continuation.finish()
        }
        thread.name = "input"
        thread.start()
        return AsyncStream {
            var iterator = stream.makeAsyncIterator()
            let line = await iterator.next()
            room.signal()
            return line
        }
    }
}

/// Cuts standard input into lines.
private struct LineReader: ~Copyable {
    let maximumBytes: Int
    private var piece = SecretBytes(count: 64 << 10)
    private var start = 0
    private var end = 0
    private var isOver = false

    init(maximumBytes: Int) { self.maximumBytes = maximumBytes }

    /// The next line that is not empty; nil when there are no more.
    mutating func next() -> InputLines.Line? {
        while !isOver || start < end {
            var line = SecretBuffer()
            var isTooLong = false
            while true {
                if start == end { refill() }
                guard start < end else { break }
                let (first, count, isWhole) = nextPart()
                if line.count + count > maximumBytes { isTooLong = true }
                if isTooLong {
                    line = SecretBuffer()
                } else {
                    piece.withUnsafeBytes {
                        line.append(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer($0)[first..<first + count]))
                    }
                }
                if isWhole { break }
            }
            if isTooLong { return .tooLong }
            if line.count > 0 { return .whole(Parcel(line.joined())) }
        }
        return nil
    }

    /// What there is of a line at the start: where, how much, and whether the line ends there.
    private mutating func nextPart() -> (first: Int, count: Int, isWhole: Bool) {
        let first = start
        let (from, to) = (start, end)
        let lineEnd = piece.withUnsafeBytes { bytes in (from..<to).first { bytes[$0] == UInt8(ascii: "\n") } }
        start = lineEnd.map { $0 + 1 } ?? end
        var count = (lineEnd ?? end) - first
        if lineEnd != nil, count > 0, piece.withUnsafeBytes({ $0[first + count - 1] == UInt8(ascii: "\r") }) {
            count -= 1
        }
        return (first, count, lineEnd != nil)
    }

    private mutating func refill() {
        guard !isOver else { return }
        let count = piece.withUnsafeMutableBytes { bytes in
            while true {
                let count = read(STDIN_FILENO, bytes.baseAddress, bytes.count)
                if count >= 0 || errno != EINTR { return count }
            }
        }
        start = 0
        end = max(0, count)
        if count <= 0 { isOver = true }
    }
}
