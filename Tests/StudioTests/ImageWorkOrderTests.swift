import Studio
import Testing

@Suite("The order of image work")
struct ImageWorkOrderTests {
    private func all(_ order: inout ImageWorkOrder<String, String>) -> [String] {
        var jobs: [String] = []
        while let job = order.removeFirst() { jobs.append(job) }
        return jobs
    }

    @Test("a client's own jobs keep their order")
    func one() {
        var order = ImageWorkOrder<String, String>()
        for job in ["1", "2", "3"] { order.append(job, of: "a", cost: 5) }
        #expect(all(&order) == ["1", "2", "3"])
        #expect(order.isEmpty)
    }

    @Test("whoever comes waits for one job of each other client, however many those have")
    func newcomer() {
        var order = ImageWorkOrder<String, String>()
        for number in 0..<100 { order.append("a\(number)", of: "a", cost: 1_000) }
        #expect(order.removeFirst() == "a0")
        order.append("b", of: "b", cost: 1_000)
        order.append("c", of: "c", cost: 1)
        #expect([order.removeFirst(), order.removeFirst()] == ["b", "c"])
    }

    @Test("shares are of the work, not of the number of jobs")
    func shares() {
        var order = ImageWorkOrder<String, String>()
        for _ in 0..<10 { order.append("large", of: "a", cost: 100) }
        for _ in 0..<100 { order.append("small", of: "b", cost: 10) }
        let half = (0..<55).compactMap { _ in order.removeFirst() }
        #expect(half.count { $0 == "large" } == 5)
        #expect(half.count { $0 == "small" } == 50)
    }

    @Test("staying away saves up no turns, and leaving and coming back gains none")
    func absence() {
        var order = ImageWorkOrder<String, String>()
        order.append("a", of: "a", cost: 1_000)
        for _ in 0..<10 { order.append("b", of: "b", cost: 100) }
        #expect(order.removeFirst() == "a")
        // As long as others wait, what was given is not forgotten.
        order.append("again", of: "a", cost: 1)
        #expect(order.removeFirst() == "b")
        order.append("new", of: "c", cost: 100)
        for _ in 0..<3 { order.append("more", of: "c", cost: 100) }
        let next = (0..<4).compactMap { _ in order.removeFirst() }
        #expect(next.count { $0 == "b" } >= 2)
        #expect(!next.contains("again"))
    }

    @Test("jobs that nobody wants any more are taken out")
    func removal() {
        var order = ImageWorkOrder<String, String>()
        for job in ["a1", "a2"] { order.append(job, of: "a", cost: 1) }
        order.append("b1", of: "b", cost: 1)
        order.removeAll { $0 == "a1" }
        #expect(all(&order) == ["a2", "b1"])
        order.append("b2", of: "b", cost: 1)
        order.removeAll { _ in true }
        #expect(order.isEmpty)
        #expect(order.removeFirst() == nil)
    }
}
