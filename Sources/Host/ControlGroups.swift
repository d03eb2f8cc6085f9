/// The control groups that hold this process: its own and those that hold that one, as far up as they can be seen.
///
/// A limit of any of them binds the process. Reference: Linux, cgroups(7).
package struct ControlGroups: Sendable {
    /// The files of the system.
    package let files: SystemFiles

    /// Reads the control groups of a system.
    package init(files: SystemFiles = SystemFiles()) { self.files = files }

    /// The folders of the groups that hold this process in the hierarchy of version 2, its own first.
    package var unified: [String] { folders(in: mounts.first { $0.type == "cgroup2" }, path: paths[""]) }

    /// The folders of the groups that hold this process in a controller's hierarchy of version 1, its own first.
    package func folders(of controller: String) -> [String] {
        folders(
            in: mounts.first { $0.type == "cgroup" && $0.options.contains(controller) }, path: paths[controller])
    }

    private struct Mount {
        /// The group that is mounted, and where.
        let group: String
        let point: String
        let type: String
        /// For version 1, the controllers among them.
        let options: [String]
    }

    /// The lines of `/proc/self/mountinfo` that mount groups (proc_pid_mountinfo(5)).
    private var mounts: [Mount] {
        (files.text(of: "/proc/self/mountinfo") ?? "").split(separator: "\n").compactMap { line in
            // Fields of a varying number stand before the hyphen.
            guard let hyphen = line.firstRange(of: " - ") else { return nil }
            let before = line[..<hyphen.lowerBound].split(separator: " ")
            let after = line[hyphen.upperBound...].split(separator: " ")
            guard before.count >= 5, after.count >= 3, after[0] == "cgroup" || after[0] == "cgroup2" else { return nil }
            return Mount(
                group: Self.unescaped(before[3]), point: Self.unescaped(before[4]), type: String(after[0]),
                options: after[2].split(separator: ",").map(String.init))
        }
    }

    /// The process's group in each hierarchy, by controller; that of version 2 has no name.
    private var paths: [String: String] {
        var paths: [String: String] = [:]
        for line in (files.text(of: "/proc/self/cgroup") ?? "").split(separator: "\n") {
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { continue }
            for controller in fields[1].split(separator: ",", omittingEmptySubsequences: false) {
                paths[String(controller)] = String(fields[2])
            }
        }
        return paths
    }

    private func folders(in mount: Mount?, path: String?) -> [String] {
        guard let mount, let path else { return [] }
        var names = Self.names(path)
        let mounted = Self.names(mount.group)
        // A group that is not below the mounted one cannot be seen, so that the mounted one must do.
        names = names.starts(with: mounted) && !names.contains("..") ? Array(names.dropFirst(mounted.count)) : []
        return (0...names.count).reversed().map { count in
            names.prefix(count).reduce(mount.point == "/" ? "" : mount.point) { $0 + "/" + $1 }
        }
    }

    private static func names(_ path: String) -> [String] { path.split(separator: "/").map(String.init) }

    /// A path as it is, whose white space and backslashes the kernel writes as octal numbers.
    private static func unescaped(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(3)
            if byte == UInt8(ascii: "\\"), digits.count == 3,
                let code = UInt8(String(decoding: digits, as: UTF8.self), radix: 8)
            {
                bytes.append(code)
                rest = rest.dropFirst(3)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
