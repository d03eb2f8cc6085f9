import Foundation
import Synchronization

/// A server that the audit starts for itself, in folders of its own.
public final class SpawnedServer: Sendable {
    /// The server did not start; what it said.
    public struct DidNotStart: Error {
        /// The end of what it wrote.
        public let message: String
    }

    /// The server's process.
    public let pid: Int32
    /// Where it listens.
    public let location: ServerLocation
    /// The folder that everything it could write to lies in.
    public let folder: String

    private let ended = DispatchSemaphore(value: 0)
    private let log: Transcript

    /// Starts `program serve --port 0` with the options given, and waits until it listens.
    public init(program: String, options: [String]) throws {
        let tls = try TLSClient(trusting: .anyone)
        let manager = FileManager.default
        let folder = manager.temporaryDirectory.appendingPathComponent("mystarion-audit-\(UUID().uuidString)")
        for name in ["work", "home", "tmp"] {
            try manager.createDirectory(
                at: folder.appendingPathComponent(name), withIntermediateDirectories: true)
        }
        self.folder = folder.path
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = ["serve", "--port", "0"] + options
        process.currentDirectoryURL = folder.appendingPathComponent("work")
        process.environment = ProcessInfo.processInfo.environment.merging([
            "HOME": folder.appendingPathComponent("home").path, "TMPDIR": folder.appendingPathComponent("tmp").path,
        ]) { $1 }
        let pipe = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = pipe
        process.standardError = pipe
        let ended = ended
        process.terminationHandler = { _ in ended.signal() }
        let log = Transcript()
        self.log = log
        try process.run()
        pid = process.processIdentifier
        pipe.fileHandleForReading.readabilityHandler = { handle in
            let data = handle.availableData
            if data.isEmpty { handle.readabilityHandler = nil } else { log.add(data) }
        }
        var address: (port: Int, isSecure: Bool)?
        for _ in 0..<1200 where address == nil {
            usleep(50_000)
            address = log.address
            if address == nil, !process.isRunning { break }
        }
        guard let address else {
            process.terminate()
            usleep(100_000)
            try? manager.removeItem(at: folder)
            throw DidNotStart(message: String(decoding: log.bytes.suffix(2_000), as: UTF8.self))
        }
        location = ServerLocation(host: "127.0.0.1", port: address.port, tls: address.isSecure ? tls : nil)
    }

    /// Everything that the server has written to its standard output and error.
    public var output: [UInt8] { log.bytes }

    /// Stops the server, waits for its end, and removes its folders.
    public func stop() {
        kill(pid, SIGTERM)
        if ended.wait(timeout: .now() + 40) == .timedOut { kill(pid, SIGKILL) }
        try? FileManager.default.removeItem(atPath: folder)
    }
}

/// What a process has written, up to 64 MiB.
private final class Transcript: Sendable {
    private let written = Mutex<[UInt8]>([])

    var bytes: [UInt8] { written.withLock { $0 } }

    /// What the line says that names the server's address.
    var address: (port: Int, isSecure: Bool)? {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let address = text.firstRange(of: "://127.0.0.1:") else { return nil }
        let rest = text[address.upperBound...]
        // A line that is not whole yet could end in the middle of the port.
        guard rest.contains(where: { !$0.isNumber }), let port = Int(rest.prefix { $0.isNumber }) else { return nil }
        return (port, text[..<address.lowerBound].hasSuffix("https"))
    }

    func add(_ data: Data) {
        written.withLock { written in
            if written.count < 64 << 20 { written += data }
        }
    }
}
