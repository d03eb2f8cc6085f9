import Foundation

/// A process of the self-test's own that holds what is planted, and does what a server must not.
public enum Holder {
    /// Runs until standard input ends: keeps what it reads in memory, writes it to standard error, has a file open that
    /// has no name any more, and a connection to a port of this machine. What comes on that connection it keeps until
    /// it is told to end it, as a server with careless buffers would.
    public static func run() {
        let input = FileHandle.standardInput
        guard let head = try? input.read(upToCount: 24), head.count == 24 else { return }
        let numbers = head.withUnsafeBytes { head in
            [0, 8, 16].map { head.loadUnaligned(fromByteOffset: $0, as: Int.self) }
        }
        guard 0...(1 << 24) ~= numbers[0], 0...(1 << 24) ~= numbers[2],
            let held = try? input.read(upToCount: numbers[0])
        else { return }
        let path = NSTemporaryDirectory() + "/mystarion-audit-planted-\(getpid())"
        let file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        unlink(path)
        let received = UnsafeMutableRawBufferPointer.allocate(byteCount: numbers[2], alignment: 16)
        defer { received.deallocate() }
        let connection = try? TCPConnection(host: "127.0.0.1", port: numbers[1])
        fill(received, from: connection)
        FileHandle.standardError.write(held)
        FileHandle.standardOutput.write(Data("ready\n".utf8))
        _ = try? input.read(upToCount: 1)
        received.initializeMemory(as: UInt8.self, repeating: 0)
        connection?.close()
        FileHandle.standardOutput.write(Data("closed\n".utf8))
        _ = try? input.read(upToCount: 1)
        withExtendedLifetime(held) {}
        close(file)
    }

    private static func fill(_ buffer: UnsafeMutableRawBufferPointer, from connection: TCPConnection?) {
        var count = 0
        while count < buffer.count, let connection {
            let piece = connection.receive(into: .init(rebasing: buffer[count...]))
            guard piece > 0 else { return }
            count += piece
        }
    }
}
