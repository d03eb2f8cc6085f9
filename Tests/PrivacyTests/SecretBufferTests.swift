import Privacy
import Testing

@Suite("Secret memory that grows")
struct SecretBufferTests {
    @Test("holds what was appended, in order", arguments: [0, 1, 4_095, 4_096, 4_097, 100_000, 3_000_000])
    func contents(count: Int) {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
        for size in [1, 1_000, 65_536] where count / size < 10_000 {
            var buffer = SecretBuffer()
            var rest = bytes[...]
            while !rest.isEmpty {
                rest.prefix(size).withUnsafeBytes { buffer.append($0) }
                rest = rest.dropFirst(size)
            }
            #expect(buffer.count == count)
            let joined = buffer.joined()
            #expect(joined.count == count)
            #expect(joined.withUnsafeBytes { Array($0) } == bytes)
        }
    }

    @Test("keeps its companion as long as it is there")
    func companion() {
        final class Companion: Sendable {}
        weak var watched: Companion?
        func hold() {
            let companion = Companion()
            watched = companion
            let bytes = SecretBuffer().joined(with: companion)
            #expect(watched != nil && bytes.count == 0)
        }
        hold()
        #expect(watched == nil)
    }
}
