import Foundation

/// A server that answers every connection with the same bytes: a page with a canary in it.
final class PageServer: Sendable {
    let port: Int
    private let descriptor: Int32

    /// Begins to answer; nil when no port can be had.
    ///
    /// - Parameters:
    ///   - body: What every answer holds.
    ///   - greeting: What is sent at once to whoever connects.
    init?(answering body: [UInt8], greeting: [UInt8] = []) {
        #if canImport(Glibc)
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
            let descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, length) == 0 && listen(descriptor, 8) == 0
                    && getsockname(descriptor, address, &length) == 0
            }
        }
        guard descriptor >= 0, bound else { return nil }
        self.descriptor = descriptor
        port = Int(UInt16(bigEndian: address.sin_port))
        let answer = Array("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".utf8) + body
        Thread {
            while true {
                let connection = accept(descriptor, nil, nil)
                guard connection >= 0 else { return }
                if !greeting.isEmpty { Self.send(greeting, on: connection) }
                var request = [UInt8](repeating: 0, count: 4096)
                if recv(connection, &request, request.count, 0) > 0 { Self.send(answer, on: connection) }
                close(connection)
            }
        }.start()
    }

    private static func send(_ bytes: [UInt8], on connection: Int32) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { bytes in
                Foundation.send(
                    connection, bytes.baseAddress.map { $0 + sent }, bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            sent += count
        }
    }

    /// Stops answering.
    func stop() {
        shutdown(descriptor, Int32(2))
        close(descriptor)
    }
}
