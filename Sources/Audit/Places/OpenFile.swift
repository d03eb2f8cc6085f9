import Foundation

/// Something that a process has open.
struct OpenFile {
    let descriptor: Int
    /// A path, or a name such as `socket:[1234]`.
    let target: String
    /// Whether it may be written to.
    let isWritable: Bool

    /// The number of a socket.
    var socket: Int? {
        target.hasPrefix("socket:[") ? Int(target.dropFirst(8).dropLast()) : nil
    }

    /// Whether it is a file with contents on a disk or in memory, and not a device, a pipe or the like.
    func isRegularFile(of pid: Int32) -> Bool {
        var status = stat()
        guard stat("/proc/\(pid)/fd/\(descriptor)", &status) == 0 else { return false }
        return status.st_mode & S_IFMT == S_IFREG
    }

    /// Everything that a process has open; empty when that may not be looked at.
    static func all(of pid: Int32) -> [OpenFile] {
        let folder = "/proc/\(pid)/fd"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.compactMap { name in
            guard let descriptor = Int(name),
                let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\(name)")
            else { return nil }
            let information = (try? String(contentsOfFile: "/proc/\(pid)/fdinfo/\(name)", encoding: .utf8)) ?? ""
            let flags = information.split(separator: "\n").first { $0.hasPrefix("flags:") }
                .flatMap { Int($0.dropFirst(6).trimmingCharacters(in: .whitespaces), radix: 8) }
            return OpenFile(descriptor: descriptor, target: target, isWritable: (flags ?? 0) & 3 != 0)
        }
    }
}
