import Foundation

/// Finds the process that listens on a port of this machine.
public enum ListeningProcess {
    /// Its id; nil when there is none, or none that this user may look at.
    public static func pid(port: Int) -> Int32? {
        let inodes = Set(
            SocketTable.entries(of: nil).filter { $0.isListening && $0.localPort == port }.map(\.inode))
        guard !inodes.isEmpty else { return nil }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { Int32($0) }.first {
            !inodes.isDisjoint(with: OpenFile.all(of: $0).compactMap(\.socket))
        }
    }
}
