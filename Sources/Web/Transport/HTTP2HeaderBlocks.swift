internal import NIOCore
internal import NIOHPACK

/// Rewrites header blocks so that whoever reads them later has nothing to remember.
///
/// A client may have the server remember fields, a path or a cookie among them, for as long as the connection lasts (RFC
/// 7541, 2.3.2). A server may forbid that, but the client has sent its first requests before it knows. What they make
/// the server remember is remembered here, and forgotten as soon as the client has said that it knows.
struct HTTP2HeaderBlocks {
    private let allocator: ByteBufferAllocator
    private var decoder: HPACKDecoder

    init(_ allocator: ByteBufferAllocator) {
        self.allocator = allocator
        decoder = HPACKDecoder(allocator: allocator)
    }

    /// Forgets everything; from now on, the client may refer to nothing that it has sent before.
    mutating func forget() { decoder = HPACKDecoder(allocator: allocator, maxDynamicTableSize: 0) }

    /// A block that no server reads: it refers to a field with the number 0 (RFC 7541, 6.1).
    static let unreadable = ByteBuffer(bytes: [0x80])

    /// The same fields, each in full and never to be remembered; nil when the block cannot be read, or would be too long
    /// for one frame.
    mutating func inFull(_ block: ByteBuffer) -> ByteBuffer? {
        var block = block
        guard let fields = try? decoder.decodeHeaders(from: &block) else { return nil }
        var result = allocator.buffer(capacity: 2 * block.readableBytes + 256)
        for (name, value, _) in fields {
            result.writeInteger(0x10 as UInt8)
            result.writeHeaderString(name)
            result.writeHeaderString(value)
        }
        // A frame may also hold its stream's priority, which is five bytes.
        return result.readableBytes <= HTTP2FrameHeader.maximumLength - 5 ? result : nil
    }
}

extension ByteBuffer {
    /// Writes a string without compression (RFC 7541, 5.2).
    fileprivate mutating func writeHeaderString(_ text: String) {
        var rest = text.utf8.count
        if rest < 127 {
            writeInteger(UInt8(rest))
        } else {
            writeInteger(127 as UInt8)
            rest -= 127
            while rest >= 128 {
                writeInteger(UInt8(rest & 127 | 128))
                rest >>= 7
            }
            writeInteger(UInt8(rest))
        }
        writeString(text)
    }
}
