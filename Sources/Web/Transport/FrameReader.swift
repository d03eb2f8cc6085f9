package import NIOCore

/// Reads the headers of HTTP/2 frames out of a stream of bytes, and skips what is in the frames.
package struct FrameReader {
    private var skipping: Int
    private var header: [UInt8] = []

    /// Begins behind so many bytes that belong to no frame, such as a client's preface.
    package init(skipping count: Int = 0) { skipping = count }

    /// Reads a piece of the stream, and calls `take` with each frame's header that is complete.
    package mutating func read(_ bytes: ByteBufferView, _ take: (HTTP2FrameHeader) -> Void) {
        var rest = bytes
        while !rest.isEmpty {
            let skipped = min(skipping, rest.count)
            rest = rest.dropFirst(skipped)
            skipping -= skipped
            let missing = HTTP2FrameHeader.size - header.count
            header += rest.prefix(missing)
            rest = rest.dropFirst(missing)
            guard let frame = HTTP2FrameHeader(header) else { return }
            header.removeAll(keepingCapacity: true)
            skipping = frame.length
            take(frame)
        }
    }
}
