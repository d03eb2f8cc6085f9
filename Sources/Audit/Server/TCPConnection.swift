import Foundation
import Synchronization

/// A connection without TLS.
final class TCPConnection: ByteConnection {
    private let descriptor: Int32
    private let isClosed = Atomic(false)

    /// Connects to a port of a host.
    init(host: String, port: Int, timeout seconds: Int = 120) throws(Unreachable) {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        #if canImport(Glibc)
            hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        #else
            hints.ai_socktype = SOCK_STREAM
        #endif
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, "\(port)", &hints, &list) == 0 else { throw Unreachable() }
        defer { freeaddrinfo(list) }
        var next = list
        while let address = next?.pointee {
            let descriptor = socket(address.ai_family, address.ai_socktype, address.ai_protocol)
            if descriptor >= 0, connect(descriptor, address.ai_addr, address.ai_addrlen) == 0 {
                var limit = timeval(tv_sec: seconds, tv_usec: 0)
                setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
                setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
                self.descriptor = descriptor
                return
            }
            if descriptor >= 0 { Foundation.close(descriptor) }
            next = address.ai_next
        }
        throw Unreachable()
    }

    deinit { close() }

    @discardableResult func send(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { bytes in
                Foundation.send(
                    descriptor, bytes.baseAddress.map { $0 + sent }, bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    func receive() -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in count = receive(into: .init(buffer)) }
    }

    /// Receives the next bytes where the caller wants them; returns how many, 0 when the other side is done.
    func receive(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        isClosed.load(ordering: .relaxed) ? 0 : max(0, recv(descriptor, buffer.baseAddress, buffer.count, 0))
    }

    func close() {
        if !isClosed.exchange(true, ordering: .relaxed) { Foundation.close(descriptor) }
    }
}
