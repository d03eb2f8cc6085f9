import NIOCore
import Testing
import Web

@Suite("How many connections there may be")
struct ConnectionCounterTests {
    private func address(_ text: String) throws -> SocketAddress { try SocketAddress(ipAddress: text, port: 1) }

    @Test("there is room up to the maximum, and again when one is gone")
    func maximum() throws {
        let counter = ConnectionCounter(maximum: 2, perNetwork: nil)
        let address = try address("192.0.2.1")
        let remove = try #require(counter.add(address))
        #expect(counter.add(address) != nil)
        #expect(counter.add(address) == nil)
        remove()
        #expect(counter.total == 1)
        #expect(counter.add(address) != nil)
    }

    @Test("one network does not get the places of all")
    func network() throws {
        let counter = ConnectionCounter(maximum: 10, perNetwork: 1)
        let remove = try #require(counter.add(try address("2001:db8::1")))
        #expect(counter.add(try address("2001:db8::2")) == nil, "the same household")
        #expect(counter.add(try address("192.0.2.1")) != nil)
        remove()
        #expect(counter.add(try address("2001:db8::2")) != nil)
        #expect(counter.total == 2)
    }

    @Test("this machine is no network")
    func loopback() throws {
        let counter = ConnectionCounter(maximum: 3, perNetwork: 1)
        for _ in 0..<3 { #expect(counter.add(try address("127.0.0.1")) != nil) }
        #expect(counter.add(try address("::1")) == nil)
    }
}
