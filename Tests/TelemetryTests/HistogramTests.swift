import Telemetry
import Testing

@Suite("A histogram")
struct HistogramTests {
    @Test("knows the least bound that a share of its values stays within")
    func shares() {
        let histogram = Histogram(.sizes)
        #expect(histogram.bound(ofShare: 0.5) == nil)
        for value in [1.0, 2, 2, 30] { histogram.record(value) }
        #expect(histogram.bound(ofShare: 0.25) == 1)
        #expect(histogram.bound(ofShare: 0.5) == 2)
        #expect(histogram.bound(ofShare: 0.75) == 2)
        #expect(histogram.bound(ofShare: 1) == 32)
        histogram.record(1_000)
        #expect(histogram.bound(ofShare: 1) == nil)
    }
}
