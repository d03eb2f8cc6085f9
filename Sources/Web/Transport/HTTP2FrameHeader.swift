internal import NIOCore

/// The nine bytes that every frame of HTTP/2 begins with (RFC 9113, section 4.1).
package struct HTTP2FrameHeader: Equatable {
    /// The types of frames that are told apart below the protocol's own handler.
    package enum Kind {
        package static let data: UInt8 = 0x0
        package static let headers: UInt8 = 0x1
        package static let resetStream: UInt8 = 0x3
        static let settings: UInt8 = 0x4
        static let goAway: UInt8 = 0x7
        static let continuation: UInt8 = 0x9
        /// A type that no extension has been given, which every peer ignores (RFC 9113, section 4.1).
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

    /// The most bytes that a frame's payload may have, unless a peer has allowed more (RFC 9113, section 6.5.2).
    static let maximumLength = 1 << 14

    package var length: Int
    package var kind: UInt8
    package var flags: UInt8
    package var stream: UInt32

    /// Makes a frame's header.
    package init(length: Int, kind: UInt8, flags: UInt8 = 0, stream: UInt32 = 0) {
        self.length = length
        self.kind = kind
        self.flags = flags
        self.stream = stream
    }

    /// Reads a header; nil when there are not enough bytes.
    init?(_ bytes: some Collection<UInt8>) {
        let bytes = Array(bytes.prefix(Self.size))
        guard bytes.count == Self.size else { return nil }
        self.init(
            length: Int(bytes[0]) << 16 | Int(bytes[1]) << 8 | Int(bytes[2]), kind: bytes[3], flags: bytes[4],
            stream: bytes[5...].reduce(0) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF)
    }

    /// Whether all of some flags are set.
    func has(_ flags: UInt8) -> Bool { self.flags & flags == flags }
}

extension ByteBuffer {
    /// Reads a frame's header without moving on; nil when there are not enough bytes.
    func frameHeader() -> HTTP2FrameHeader? { HTTP2FrameHeader(readableBytesView) }

    /// Writes a frame's header.
    mutating func writeFrameHeader(_ header: HTTP2FrameHeader) {
        writeMultipleIntegers(
            UInt8(truncatingIfNeeded: header.length >> 16), UInt16(truncatingIfNeeded: header.length), header.kind,
            header.flags, header.stream)
    }
}
