import Telemetry
import Testing

private enum Colour: String, CaseIterable, Labels {
    case red, blue
    static let names: [StaticString] = ["colour"]
    var values: [String] { [rawValue] }
}

/// A set that is fixed when the family is made, as the rules of a policy are.
private struct Rule: Labels {
    var identifier: String
    static let names: [StaticString] = ["rule"]
    var values: [String] { [identifier] }
}

private func text<Key, Member>(_ family: Family<Key, Member>) -> String {
    var exposition = Exposition()
    exposition.add(family)
    return exposition.text
}

@Suite("Metrics as text")
struct ExpositionTests {
    @Test("every case is there from the start, with zero")
    func closedSet() {
        let family = Family<Colour, Counter>("paint_total", "Cans of paint.") { Counter() }
        family[.red]?.add(3)
        #expect(
            text(family) == """
                # HELP paint_total Cans of paint.
                # TYPE paint_total counter
                paint_total{colour="red"} 3
                paint_total{colour="blue"} 0

                """)
    }

    @Test("a value that was not there from the start is neither counted nor shown")
    func unknownLabel() {
        let family = Family<Rule, Counter>("broken_total", "Rules.", keys: [Rule(identifier: "one")]) { Counter() }
        #expect(family[Rule(identifier: "canary")] == nil)
        family[Rule(identifier: "one")]?.add()
        #expect(text(family).hasSuffix("broken_total{rule=\"one\"} 1\n"))
        #expect(!text(family).contains("canary"))
    }

    @Test("a key that is given twice has one series")
    func duplicates() {
        let keys = [Rule(identifier: "one"), Rule(identifier: "one")]
        let family = Family<Rule, Counter>("broken_total", "Rules.", keys: keys) { Counter() }
        family[keys[1]]?.add()
        #expect(text(family).split(separator: "\n").count == 3)
        #expect(text(family).hasSuffix("} 1\n"))
    }

    @Test("quotes, backslashes and line breaks cannot leave their place")
    func escaping() {
        let rule = Rule(identifier: "a\"b\\c\nd")
        let family = Family<Rule, Counter>("broken_total", "One\\two.", keys: [rule]) { Counter() }
        #expect(text(family).contains(#"{rule="a\"b\\c\nd"} 0"#))
        #expect(text(family).contains(#"# HELP broken_total One\\two."#))
    }

    @Test("a histogram's buckets are cumulative and its last holds everything")
    func histogram() {
        let family = Family<NoLabels, Histogram>("wait_seconds", "Waits.") { Histogram(.init([0.5, 2])) }
        for value in [0.5, 0.6, 2, 900, .nan] { family.only.record(value) }
        #expect(
            text(family) == """
                # HELP wait_seconds Waits.
                # TYPE wait_seconds histogram
                wait_seconds_bucket{le="0.5"} 1
                wait_seconds_bucket{le="2"} 3
                wait_seconds_bucket{le="+Inf"} 4
                wait_seconds_sum 903.1
                wait_seconds_count 4

                """)
    }

    @Test("durations are counted in seconds")
    func durations() {
        let histogram = Histogram(.seconds)
        histogram.record(.milliseconds(1500))
        #expect(histogram.samples.first { $0.suffix == "_sum" }?.value == 1.5)
    }

    @Test("a gauge shows its last value, whole numbers without a fraction")
    func gauge() {
        let family = Family<NoLabels, Gauge>("level", "A level.") { Gauge() }
        family.only.value = 2.25
        #expect(text(family).hasSuffix("level 2.25\n"))
        family.only.value = 40_000_000_000
        #expect(text(family).hasSuffix("level 40000000000\n"))
        family.only.value = .infinity
        #expect(text(family).hasSuffix("level +Inf\n"))
    }
}

@Suite("What the process uses")
struct ProcessUsageTests {
    @Test("resident memory is part of what there ever was")
    func memory() {
        #expect(ProcessUsage.residentBytes > 1 << 20)
        #expect(ProcessUsage.residentBytes <= ProcessUsage.peakResidentBytes + 16 << 20)
        #expect(ProcessUsage.processorSeconds > 0)
    }
}
