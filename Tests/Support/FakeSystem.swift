import Foundation
package import Host

/// A folder that looks like the files in which a kernel says how it is doing; it goes with its last reference.
package final class FakeSystem {
    private let folder: URL

    /// Writes files, named by their paths on a machine.
    package init(_ files: [String: String]) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "system-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (path, text) in files { try write(text, to: path) }
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// Writes one more file, or another text into one that is there.
    package func write(_ text: String, to path: String) throws {
        let file = folder.appending(path: path)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }

    /// The control groups of this system.
    package var groups: ControlGroups { ControlGroups(files: SystemFiles(root: folder.path)) }

    /// What a process in a group of version 2 reads of itself; `mounted` is the group that is mounted.
    package static func unified(_ group: String, mounted: String = "/") -> [String: String] {
        [
            "/proc/self/cgroup": "0::\(group)\n",
            "/proc/self/mountinfo":
                "24 1 0:2 / / rw shared:1 - ext4 /dev/vda rw\n"
                + "35 24 0:30 \(mounted) /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n",
        ]
    }

    /// What a process in a group of a controller of version 1 reads of itself.
    package static func first(_ controller: String, group: String, mounted: String = "/") -> [String: String] {
        [
            "/proc/self/cgroup": "9:pids:/\n4:\(controller),net_prio:\(group)\n0::/\n",
            "/proc/self/mountinfo":
                "35 24 0:30 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids\n"
                + "36 24 0:31 \(mounted) /sys/fs/cgroup/\(controller) rw - cgroup cgroup rw,\(controller),net_prio\n",
        ]
    }
}
