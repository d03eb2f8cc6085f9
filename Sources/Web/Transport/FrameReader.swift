package import NIOCore

/// Reads the heads of HTTP/2 frames (RFC 9113, section 4.1) out of a stream of bytes, and skips what is in them.
package struct FrameReader {
    /// A frame, by what its head says.
    package struct Frame: Equatable {
        package var length: Int
        package var type: UInt8
        package var flags: UInt8
        package var stream: UInt32

        package static let data: UInt8 = 0
        package static let headers: UInt8 = 1
        package static let resetStream: UInt8 = 3

        /// Makes a frame's head.
        package init(length: Int, type: UInt8, flags: UInt8 = 0, stream: UInt32 = 0) {
            self.length = length
            self.type = type
            self.flags = flags
            self.stream = stream
        }

        /// Whether a frame of data or of fields is the last of its stream in its direction.
        package var endsStream: Bool { flags & 1 != 0 }
    }

    private static let headBytes = 9

    private var skipping: Int
    private var head: [UInt8] = []

    /// Begins behind so many bytes that belong to no frame, such as a client's preface.
    package init(skipping count: Int = 0) { skipping = count }

    /// Reads a piece of the stream, and calls `take` with each frame whose head is complete.
    package mutating func read(_ bytes: ByteBufferView, _ take: (Frame) -> Void) {
        var rest = bytes
        while !rest.isEmpty {
            let skipped = min(skipping, rest.count)
            rest = rest.dropFirst(skipped)
            skipping -= skipped
            let missing = Self.headBytes - head.count
            head += rest.prefix(missing)
            rest = rest.dropFirst(missing)
            guard head.count == Self.headBytes else { return }
            let frame = Frame(
                length: Int(head[0]) << 16 | Int(head[1]) << 8 | Int(head[2]), type: head[3], flags: head[4],
                stream: head[5..<9].reduce(0) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF)
            head.removeAll(keepingCapacity: true)
            skipping = frame.length
            take(frame)
        }
    }
}
