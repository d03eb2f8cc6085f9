import Moderation
import Studio
import Synchronization
import Testing
import Web

@Suite("Published figures")
struct PublishedFigureTests {
    @Test("a count is never shown above the exact one, nor twenty below, and in whole steps alone", arguments: 0..<20)
    func bounds(run: Int) {
        var count = CoarseCount()
        var before = 0
        for exact in 0..<2_000 {
            count.follow(UInt64(exact))
            #expect(count.shown % CoarseCount.step == 0)
            #expect(count.shown >= before)
            #expect(count.shown <= exact && exact < count.shown + 2 * CoarseCount.step)
            before = count.shown
        }
    }

    @Test("at which count a step is taken cannot be foreseen, whatever the step before showed")
    func secretThresholds() {
        var pairs: Set<[Int]> = []
        for _ in 0..<2_000 {
            var count = CoarseCount()
            var taken: [Int] = []
            for exact in 0..<40 {
                let before = count.shown
                count.follow(UInt64(exact))
                if count.shown != before { taken.append(exact) }
            }
            // The first two steps are taken somewhere from 10 to 19, and from 20 to 29.
            pairs.insert(Array(taken.prefix(2)))
        }
        #expect(Set(pairs.map { $0[0] }) == Set(10..<20))
        for first in 10..<20 { #expect(Set(pairs.filter { $0[0] == first }.map { $0[1] }).count >= 5) }
    }

    @Test("however often they are read, figures stay the same until their time is over")
    func refreshing() {
        let time = Mutex(Duration.zero)
        let metrics = ServiceMetrics(version: "test")
        let figures = PublishedFigures(metrics: metrics) { time.withLock { $0 } }
        #expect(figures.read().counts.map(\.kind) == PublishedKind.allCases)
        #expect(figures.read().counts.allSatisfy { $0.atLeast == 0 })
        for _ in 0..<100 { metrics.record(.picture(pixels: 64)) }
        for second in stride(from: 0, to: 600, by: 7) {
            time.withLock { $0 = .seconds(second) }
            #expect(pictures(figures) == 0)
        }
        time.withLock { $0 = PublishedFigures.period }
        #expect((90...100).contains(pictures(figures)))
        for _ in 0..<100 { metrics.record(.picture(pixels: 64)) }
        time.withLock { $0 = PublishedFigures.period + .seconds(599) }
        #expect((90...100).contains(pictures(figures)))
    }

    @Test("times are shown as bounds, and only when enough were counted")
    func times() {
        let time = Mutex(Duration.zero)
        let metrics = ServiceMetrics(version: "test")
        let figures = PublishedFigures(metrics: metrics) { time.withLock { $0 } }
        for _ in 0..<99 { metrics.record(.waited(.milliseconds(30))) }
        time.withLock { $0 += PublishedFigures.period }
        #expect(figures.read().typicalWait == nil)
        for _ in 0..<1 { metrics.record(.waited(.seconds(300))) }
        time.withLock { $0 += PublishedFigures.period }
        #expect(figures.read().typicalWait == 0.05)
        #expect(figures.read().typicalStep == nil)
    }

    @Test("refusals are summed over the rules, whose names are not shown")
    func refusals() throws {
        let rules = ["hats", "gloves"].map { PolicyRule(identifier: $0, message: "No \($0).") }
        let time = Mutex(Duration.zero)
        let metrics = ServiceMetrics(version: "test", rules: rules)
        let figures = PublishedFigures(metrics: metrics) { time.withLock { $0 } }
        for rule in rules { for _ in 0..<15 { metrics.record(.refused(rule)) } }
        time.withLock { $0 += PublishedFigures.period }
        let refused = try #require(figures.read().counts.first { $0.kind == .refused })
        #expect((20...30).contains(refused.atLeast))
    }

    private func pictures(_ figures: PublishedFigures) -> Int {
        figures.read().counts.first { $0.kind == .pictures }?.atLeast ?? -1
    }
}
