internal import NIOCore

/// The nine bytes that every frame of HTTP/2 begins with (RFC 9113, 4.1).
struct HTTP2FrameHeader {
    /// The types of frames that a connection handles itself.
    enum Kind {
        static let headers: UInt8 = 0x1
        static let settings: UInt8 = 0x4
        static let continuation: UInt8 = 0x9
        /// A type that no extension has been given, which every peer ignores (RFC 9113, 4.1).
        static let unassigned: UInt8 = 0xBF
    }

    /// The flags that such frames may have.
    enum Flags {
        static let acknowledgement: UInt8 = 0x1
        static let endStream: UInt8 = 0x1
        static let endHeaders: UInt8 = 0x4
        static let padded: UInt8 = 0x8
        static let priority: UInt8 = 0x20
    }

    /// The bytes of a header.
    static let size = 9

    /// The most bytes that a frame's payload may have, unless a peer has allowed more (RFC 9113, 6.5.2).
    static let maximumLength = 1 << 14

    var length: Int
    var kind: UInt8
    var flags: UInt8 = 0
    var stream: UInt32 = 0

    /// Whether all of some flags are set.
    func has(_ flags: UInt8) -> Bool { self.flags & flags == flags }
}

extension ByteBuffer {
    /// Reads a frame's header without moving on; nil when there are not enough bytes.
    func frameHeader() -> HTTP2FrameHeader? {
        guard
            let (first, second, third, kind, flags) = peekMultipleIntegers(
                as: (UInt8, UInt8, UInt8, UInt8, UInt8).self),
            let stream = getInteger(at: readerIndex + 5, as: UInt32.self)
        else { return nil }
        let length = Int(first) << 16 | Int(second) << 8 | Int(third)
        return HTTP2FrameHeader(length: length, kind: kind, flags: flags, stream: stream & 0x7FFF_FFFF)
    }

    /// Writes a frame's header.
    mutating func writeFrameHeader(_ header: HTTP2FrameHeader) {
        writeMultipleIntegers(
            UInt8(truncatingIfNeeded: header.length >> 16), UInt16(truncatingIfNeeded: header.length), header.kind,
            header.flags, header.stream)
    }
}
