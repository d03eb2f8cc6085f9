import Studio
import Testing

@Suite("The machine's memory")
struct MachineMemoryTests {
    @Test("is what the system says is available")
    func meminfo() {
        #expect(MachineMemory.meminfo("MemTotal:  100 kB\nMemAvailable:    42 kB\n") == 42 << 10)
        #expect(MachineMemory.meminfo("MemTotal:  100 kB\n") == nil)
        #expect(MachineMemory.meminfo("MemAvailable: many kB\n") == nil)
        #expect(MachineMemory.meminfo(nil) == nil)
        #expect(MachineMemory.availableBytes > 0)
    }

    @Test("is what a control group leaves, if there is one")
    func controlGroup() {
        let stat = "anon 5\ninactive_file 30\nactive_file 7\n"
        #expect(MachineMemory.controlGroup(limit: "1000\n", usage: "400\n", statistics: stat) == 630)
        #expect(MachineMemory.controlGroup(limit: "1000\n", usage: "4000\n", statistics: nil) == 0)
        #expect(MachineMemory.controlGroup(limit: "max\n", usage: "400\n", statistics: stat) == nil)
        #expect(MachineMemory.controlGroup(limit: "9223372036854771712", usage: "400", statistics: stat) == nil)
        #expect(MachineMemory.controlGroup(limit: nil, usage: nil, statistics: nil) == nil)
    }
}
