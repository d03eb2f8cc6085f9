import NeuralNetwork
import Synchronization
import Testing

@Suite("The thread pool")
struct ThreadPoolTests {
    @Test("runs every part exactly once, however many threads and parts", arguments: 1...5, [0, 1, 2, 7, 1000])
    func everyPartOnce(threads: Int, parts: Int) {
        let pool = ThreadPool(count: threads)
        let counts = Mutex([Int](repeating: 0, count: parts))
        for _ in 0..<20 { pool.forEach(parts) { part in counts.withLock { $0[part] += 1 } } }
        #expect(counts.withLock { $0.allSatisfy { $0 == 20 } })
    }

    @Test("splits a total into ranges that cover it without overlap", arguments: [1, 5, 64, 1001], [1, 10, 5000])
    func ranges(total: Int, grain: Int) {
        let pool = ThreadPool(count: 3)
        let seen = Mutex([Int](repeating: 0, count: total))
        pool.forEachRange(total, grain: grain) { range in
            seen.withLock { seen in
                for index in range { seen[index] += 1 }
            }
        }
        #expect(seen.withLock { $0.allSatisfy { $0 == 1 } })
    }

    @Test("serves callers from several threads at once, and a caller inside a part")
    func manyCallers() async {
        let pool = ThreadPool(count: 2)
        let counter = Counter()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    for _ in 0..<200 {
                        pool.forEach(8) { _ in
                            pool.forEach(2) { _ in counter.count() }
                        }
                    }
                }
            }
        }
        #expect(counter.total == 4 * 200 * 8 * 2)
    }
}

/// Counts from any thread.
private final class Counter: Sendable {
    private let value = Atomic(0)

    var total: Int { value.load(ordering: .relaxed) }

    func count() { value.add(1, ordering: .relaxed) }
}
