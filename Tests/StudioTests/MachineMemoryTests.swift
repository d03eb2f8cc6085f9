import Foundation
import Host
import Studio
import TestSupport
import Testing

@Suite("The machine's memory")
struct MachineMemoryTests {
    @Test("is what the system says is available")
    func meminfo() {
        #expect(MachineMemory.meminfo("MemTotal:  100 kB\nMemAvailable:    42 kB\n") == 42 << 10)
        #expect(MachineMemory.meminfo("MemTotal:  100 kB\n") == nil)
        #expect(MachineMemory.meminfo("MemAvailable: many kB\n") == nil)
        #expect(MachineMemory.meminfo("MemAvailable: 9223372036854775807 kB\n") == nil)
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
        #expect(MachineMemory.controlGroup(limit: "1000", usage: "-9223372036854775808", statistics: nil) == nil)
        let odd = "inactive_file 9223372036854775807\n"
        #expect(MachineMemory.controlGroup(limit: "1000", usage: "400", statistics: odd) == 1000)
    }

    private static let meminfo = ["/proc/meminfo": "MemAvailable: 1000 kB\n"]

    @Test("is what the process's own group of version 2 leaves, or one that holds it, whichever is least")
    func unified() throws {
        let group = "/sys/fs/cgroup/system.slice/mystarion.service"
        let system = try FakeSystem(
            Self.meminfo.merging(FakeSystem.unified("/system.slice/mystarion.service")) { $1 }.merging([
                "\(group)/memory.max": "300000\n", "\(group)/memory.current": "100000\n",
                "\(group)/memory.stat": "inactive_file 5000\n",
                "/sys/fs/cgroup/system.slice/memory.max": "max\n",
                "/sys/fs/cgroup/system.slice/memory.current": "100000\n",
            ]) { $1 })
        #expect(MachineMemory.availableBytes(of: system.groups) == 205_000)
        try system.write("250000\n", to: "/sys/fs/cgroup/system.slice/memory.max")
        #expect(MachineMemory.availableBytes(of: system.groups) == 150_000)
        try system.write("120000\n", to: "\(group)/memory.high")
        #expect(MachineMemory.availableBytes(of: system.groups) == 25_000)
    }

    @Test("is what the process's own group of version 1 leaves, or one that holds it")
    func first() throws {
        let group = "/sys/fs/cgroup/memory/pod/mystarion"
        let system = try FakeSystem(
            Self.meminfo.merging(FakeSystem.first("memory", group: "/pod/mystarion")) { $1 }.merging([
                "\(group)/memory.limit_in_bytes": "300000\n", "\(group)/memory.usage_in_bytes": "100000\n",
                "\(group)/memory.stat": "inactive_file 1\ntotal_inactive_file 7000\n",
                "/sys/fs/cgroup/memory/pod/memory.limit_in_bytes": "9223372036854771712\n",
                "/sys/fs/cgroup/memory/pod/memory.usage_in_bytes": "200000\n",
            ]) { $1 })
        #expect(MachineMemory.availableBytes(of: system.groups) == 207_000)
        try system.write("250000\n", to: "/sys/fs/cgroup/memory/pod/memory.limit_in_bytes")
        #expect(MachineMemory.availableBytes(of: system.groups) == 50_000)
    }

    @Test("is the machine's where no group has a limit")
    func none() throws {
        let system = try FakeSystem(Self.meminfo.merging(FakeSystem.unified("/")) { $1 })
        #expect(MachineMemory.availableBytes(of: system.groups) == 1_024_000)
        #expect(MachineMemory.availableBytes(of: try FakeSystem([:]).groups) == nil)
    }
}
