import Foundation
import Host
import TestSupport
import Testing

@Suite("The number of processors")
struct ProcessorCountTests {
    @Test("is what the smallest quota of version 2 is worth, the process's own or that of a group that holds it")
    func unified() throws {
        let system = try FakeSystem(FakeSystem.unified("/a/b"))
        #expect(ProcessorCount.quota(of: system.groups) == nil)
        try system.write("max 100000\n", to: "/sys/fs/cgroup/a/b/cpu.max")
        #expect(ProcessorCount.quota(of: system.groups) == nil)
        try system.write("400000 100000\n", to: "/sys/fs/cgroup/a/b/cpu.max")
        #expect(ProcessorCount.quota(of: system.groups) == 4)
        try system.write("250000 100000\n", to: "/sys/fs/cgroup/a/cpu.max")
        #expect(ProcessorCount.quota(of: system.groups) == 3)
        try system.write("50000 100000\n", to: "/sys/fs/cgroup/cpu.max")
        #expect(ProcessorCount.quota(of: system.groups) == 1)
    }

    @Test("is what the smallest quota of version 1 is worth")
    func first() throws {
        let system = try FakeSystem(FakeSystem.first("cpu", group: "/a"))
        try system.write("-1\n", to: "/sys/fs/cgroup/cpu/a/cpu.cfs_quota_us")
        try system.write("100000\n", to: "/sys/fs/cgroup/cpu/a/cpu.cfs_period_us")
        #expect(ProcessorCount.quota(of: system.groups) == nil)
        try system.write("150000\n", to: "/sys/fs/cgroup/cpu/a/cpu.cfs_quota_us")
        #expect(ProcessorCount.quota(of: system.groups) == 2)
    }

    @Test(
        "is not taken from what is no quota",
        arguments: ["", "max", "1", "a b", "0 0", "-5 100000", "100000 0", "100000 -1", "99999999999999999999 1"])
    func nonsense(text: String) throws {
        let system = try FakeSystem(FakeSystem.unified("/"))
        try system.write(text, to: "/sys/fs/cgroup/cpu.max")
        #expect(ProcessorCount.quota(of: system.groups) == nil)
    }

    @Test("is one at least, and no more than the process may run on")
    func usable() {
        #expect(ProcessorCount.usable >= 1)
        #expect(ProcessorCount.usable <= ProcessorCount.allowed)
        #expect(ProcessorCount.allowed <= ProcessInfo.processInfo.processorCount)
    }
}
