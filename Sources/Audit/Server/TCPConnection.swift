import Foundation

/// A connection to a server that blocks, sends any bytes, and can be left at any moment.
final class TCPConnection {
    /// A connection that was not had.
    struct Unreachable: Error {}

    private var descriptor: Int32

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

    /// Sends bytes; false when the other side does not take them.
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

    /// The next bytes; none when the other side is done or took too long.
    func receive() -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
            count = max(0, recv(descriptor, buffer.baseAddress, buffer.count, 0))
        }
    }

    /// Everything until the other side is done, up to 64 MiB.
    func receiveAll() -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < 64 << 20 {
            let piece = receive()
            guard !piece.isEmpty else { break }
            bytes += piece
        }
        return bytes
    }

    /// Ends the connection.
    func close() {
        if descriptor >= 0 { Foundation.close(descriptor) }
        descriptor = -1
    }
}
