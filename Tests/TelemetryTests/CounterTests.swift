import Telemetry
import Testing

@Test func countersAddUp() {
    let counter = Counter()
    counter.add()
    counter.add(2)
    #expect(counter.value == 3)
}
