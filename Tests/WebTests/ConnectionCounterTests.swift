import NIOCore
import Synchronization
import Testing
import Web

@Suite("How many connections there may be")
struct ConnectionCounterTests {
    private func address(_ text: String) throws -> SocketAddress { try SocketAddress(ipAddress: text, port: 1) }

    private func at(_ text: String) throws -> ConnectionCounter.Address {
        let address = try address(text)
        return { address }
    }

    @Test("there is room up to the maximum, and again when one is gone")
    func maximum() throws {
        let counter = ConnectionCounter(maximum: 2, perNetwork: nil)
        let address = try address("192.0.2.1")
        let remove = try #require(counter.add { address })
        #expect(counter.add { address } != nil)
        #expect(counter.add { address } == nil)
        remove()
        #expect(counter.total == 1)
        #expect(counter.add { address } != nil)
    }

    @Test("one network does not get the places of all")
    func network() throws {
        let counter = ConnectionCounter(maximum: 10, perNetwork: 1)
        let remove = try #require(counter.add(try at("2001:db8::1")))
        #expect(counter.add(try at("2001:db8::2")) == nil, "the same household")
        #expect(counter.add(try at("192.0.2.1")) != nil)
        remove()
        #expect(counter.add(try at("2001:db8::2")) != nil)
        #expect(counter.total == 2)
    }

    @Test("this machine is no network")
    func loopback() throws {
        let counter = ConnectionCounter(maximum: 3, perNetwork: 1)
        for _ in 0..<3 { #expect(counter.add(try at("127.0.0.1")) != nil) }
        #expect(counter.add(try at("::1")) == nil)
    }

    @Test("a number and its key are gone with the network's last connection, and a key lasts no longer than its time")
    func numbers() throws {
        let clock = Mutex(Duration.zero)
        let counter = ConnectionCounter(
            maximum: 10, perNetwork: 2, period: .seconds(100), now: { clock.withLock { $0 } })
        let remove = try #require(counter.add(try at("192.0.2.1")))
        let first = counter.numbers
        #expect(first.count == 1)
        remove()
        #expect(counter.numbers.isEmpty)
        let again = try #require(counter.add(try at("192.0.2.1")))
        let second = counter.numbers
        #expect(second.isDisjoint(with: first), "another key")
        clock.withLock { $0 = .seconds(99) }
        counter.renewKey()
        #expect(counter.numbers == second)
        clock.withLock { $0 = .seconds(100) }
        counter.renewKey()
        #expect(counter.numbers.count == 1 && counter.numbers.isDisjoint(with: second))
        // The count goes on under the new number.
        #expect(counter.add(try at("192.0.2.1")) != nil)
        #expect(counter.add(try at("192.0.2.1")) == nil)
        again()
        #expect(counter.add(try at("192.0.2.1")) != nil)
    }
}
