import Foundation

/// The sockets of a machine, or of the network that a process is in, as the kernel lists them.
enum SocketTable {
    /// One socket.
    struct Entry: Equatable {
        let kind: String
        let localPort: Int
        /// Whether nobody is at the other end, and none was named.
        let hasPeer: Bool
        let isListening: Bool
        let inode: Int
    }

    /// The TCP and UDP sockets that a process can see; those of this process when nil.
    static func entries(of pid: Int32?) -> [Entry] {
        ["tcp", "tcp6", "udp", "udp6", "raw", "raw6"].flatMap { kind -> [Entry] in
            let path = "/proc/\(pid.map { "\($0)" } ?? "self")/net/\(kind)"
            guard let text = KernelFile.text(path) else { return [] }
            return text.split(separator: "\n").dropFirst().compactMap { parse($0, kind: kind) }
        }
    }

    static func parse(_ line: Substring, kind: String) -> Entry? {
        let fields = line.split(separator: " ", omittingEmptySubsequences: true)
        guard fields.count > 9, let inode = Int(fields[9]),
            let port = fields[1].split(separator: ":").last.flatMap({ Int($0, radix: 16) }),
            let peerPort = fields[2].split(separator: ":").last.flatMap({ Int($0, radix: 16) })
        else { return nil }
        return Entry(
            kind: kind, localPort: port, hasPeer: peerPort != 0,
            isListening: kind.hasPrefix("tcp") && fields[3] == "0A",
            inode: inode)
    }
}
