import Foundation
import Testing
import Web

@Suite("Clients that take nothing")
struct SlowClientTests {
    @Test("who asks again and again and reads no answer is cut off")
    func deafness() async throws {
        var configuration = WebConfiguration(port: 0)
        configuration.limits.deaf = .milliseconds(200)
        configuration.limits.answerBytesPerSecond = 1 << 30
        try await withServer(configuration: configuration) { client in
            let isEnded = try await Task.detached { try Self.askWithoutReading(port: client.port) }.value
            #expect(isEnded)
            try await client.expect(200) { try await $0.get("/healthz") }
        }
    }

    /// Asks for more than the kernel's buffers hold, and waits until the other end has ended the connection.
    private static func askWithoutReading(port: Int) throws -> Bool {
        let connection = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(connection) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let result = withUnsafePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(connection, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(result == 0)
        let requests = Array(
            String(repeating: "GET /openapi.yaml HTTP/1.1\r\nHost: localhost\r\n\r\n", count: 400).utf8)
        try #require(send(connection, requests, requests.count, 0) == requests.count)
        var state = pollfd(fd: connection, events: 0, revents: 0)
        return poll(&state, 1, 30_000) == 1 && state.revents & Int16(POLLHUP | POLLERR) != 0
    }
}
