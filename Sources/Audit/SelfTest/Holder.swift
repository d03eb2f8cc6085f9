import Foundation

/// A process of the self-test's own that holds what is planted, and does what a server must not.
public enum Holder {
    /// Runs until standard input ends: keeps what it reads in memory, writes it to standard error, has a file open that
    /// has no name any more, and a connection to a port of this machine.
    public static func run() {
        let input = FileHandle.standardInput
        guard let head = try? input.read(upToCount: 16), head.count == 16 else { return }
        let numbers = head.withUnsafeBytes {
            [$0.loadUnaligned(as: Int.self), $0.loadUnaligned(fromByteOffset: 8, as: Int.self)]
        }
        guard 0...(1 << 24) ~= numbers[0], let held = try? input.read(upToCount: numbers[0]) else { return }
        let path = NSTemporaryDirectory() + "/mystarion-audit-planted-\(getpid())"
        let file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        unlink(path)
        let connection = try? TCPConnection(host: "127.0.0.1", port: numbers[1])
        FileHandle.standardError.write(held)
        FileHandle.standardOutput.write(Data("ready\n".utf8))
        _ = try? input.read(upToCount: 1)
        withExtendedLifetime((held, connection)) {}
        close(file)
    }
}
