internal import Foundation
internal import NIOCore

extension ByteBuffer {
    /// Overwrites the readable bytes in place, for everybody who shares this buffer's memory.
    ///
    /// A channel and the TLS library keep the buffer that they have handed on, to read into it again. A write through
    /// this type would copy the memory first and leave theirs as it was. Only the handler that received the bytes may
    /// call this, while it handles them: nobody else reads them then.
    func eraseSharedBytes() {
        withUnsafeReadableBytes { bytes in
            guard let start = bytes.baseAddress else { return }
            memset(UnsafeMutableRawPointer(mutating: start), 0, bytes.count)
        }
    }

    /// A copy of the first bytes, in memory of its own.
    func copyOfFirst(_ count: Int, _ allocator: ByteBufferAllocator) -> ByteBuffer {
        var copy = allocator.buffer(capacity: count)
        copy.writeBytes(readableBytesView.prefix(count))
        return copy
    }
}
