import Privacy
import Synchronization
import Testing

@Suite("Secret bytes")
struct SecretBytesTests {
    @Test("hold what they were made from")
    func hold() {
        let secret = SecretBytes([1, 2, 3])
        let count = secret.count
        #expect(count == 3)
        #expect(secret.withBytes { [$0[0], $0[1], $0[2]] } == [1, 2, 3])
    }

    @Test("start as zeros and can be written")
    func write() {
        var secret = SecretBytes(count: 4)
        secret.withMutableBytes { $0[2] = 7 }
        #expect(secret.withUnsafeBytes { Array($0) } == [0, 0, 7, 0])
    }

    @Test("are overwritten before their memory is freed", arguments: [0, 1, 15, 16, 4_096, 100_001])
    func erased(count: Int) {
        let seen = Witness()
        do {
            let secret = SecretBytes([UInt8](repeating: 0xA5, count: count), whenErased: seen.look)
            #expect(secret.withUnsafeBytes { $0.allSatisfy { $0 == 0xA5 } })
            #expect(seen.bytes == nil)
        }
        #expect(seen.bytes == [UInt8](repeating: 0, count: count))
    }

    @Test("are overwritten when the work with them fails")
    func erasedAfterFailure() {
        struct Failure: Error {}
        let seen = Witness()
        func work() throws {
            let secret = SecretBytes([1, 2, 3], whenErased: seen.look)
            try secret.withBytes { _ in throw Failure() }
        }
        #expect(throws: Failure.self) { try work() }
        #expect(seen.bytes == [0, 0, 0])
    }
}

/// Remembers what memory held just before it was freed.
final class Witness: Sendable {
    private let memory = Mutex<[UInt8]?>(nil)

    var bytes: [UInt8]? { memory.withLock { $0 } }

    @Sendable func look(_ bytes: UnsafeBufferPointer<UInt8>) {
        let copy = Array(bytes)
        memory.withLock { $0 = copy }
    }
}
