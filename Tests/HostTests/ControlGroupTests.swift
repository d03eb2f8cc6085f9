import Host
import TestSupport
import Testing

@Suite("Control groups")
struct ControlGroupTests {
    @Test("are the process's own and those that hold it, up to the one that is mounted")
    func ancestors() throws {
        let system = try FakeSystem(FakeSystem.unified("/a/b"))
        #expect(system.groups.unified == ["/sys/fs/cgroup/a/b", "/sys/fs/cgroup/a", "/sys/fs/cgroup"])
        let first = try FakeSystem(FakeSystem.first("cpu", group: "/a"))
        #expect(first.groups.folders(of: "cpu") == ["/sys/fs/cgroup/cpu/a", "/sys/fs/cgroup/cpu"])
        #expect(first.groups.folders(of: "memory") == [])
        #expect(first.groups.unified == [])
    }

    @Test("in a container, whose own group is mounted as the topmost, are those below that")
    func container() throws {
        let inside = try FakeSystem(FakeSystem.unified("/docker/1234/sub", mounted: "/docker/1234"))
        #expect(inside.groups.unified == ["/sys/fs/cgroup/sub", "/sys/fs/cgroup"])
        let outside = try FakeSystem(FakeSystem.unified("/other/group", mounted: "/docker/1234"))
        #expect(outside.groups.unified == ["/sys/fs/cgroup"])
        let above = try FakeSystem(FakeSystem.unified("/../other"))
        #expect(above.groups.unified == ["/sys/fs/cgroup"])
    }

    @Test("are found where their mount point has white space in its name")
    func escapes() throws {
        let system = try FakeSystem([
            "/proc/self/cgroup": "0::/a\n",
            "/proc/self/mountinfo": "35 24 0:30 / /my\\040groups rw - cgroup2 cgroup2 rw\n",
        ])
        #expect(system.groups.unified == ["/my groups/a", "/my groups"])
    }

    @Test(
        "are none where the system's files are missing or no such files", arguments: ["", ":", "0", "x - y", "\u{0}"])
    func nonsense(text: String) throws {
        let system = try FakeSystem(["/proc/self/cgroup": text, "/proc/self/mountinfo": text])
        #expect(system.groups.unified == [])
        #expect(try FakeSystem([:]).groups.unified == [])
    }
}
