import Foundation
import Synchronization

/// Looks again and again at what a process has open while requests are made.
final class ProcessWatch: Sendable {
    /// What was seen, of which nothing should have been.
    struct Sightings: Sendable {
        /// How often it was looked.
        var looks = 0
        /// The most sockets that were open at once.
        var sockets = 0
        /// Connections that the process opened, ports that it should not listen on, sockets without connections.
        var strangeSockets: Set<String> = []
        /// Files that were open for writing.
        var writableFiles: Set<String> = []

        /// Takes in what was seen of another process.
        mutating func add(_ other: Sightings) {
            looks += other.looks
            sockets = max(sockets, other.sockets)
            strangeSockets.formUnion(other.strangeSockets)
            writableFiles.formUnion(other.writableFiles)
        }
    }

    private let pid: Int32
    private let port: Int
    private let isStopped = Atomic(false)
    private let sightings = Mutex(Sightings())
    private let done = DispatchSemaphore(value: 0)

    /// Begins to watch a process that should listen on one port and do nothing else.
    init(_ pid: Int32, listeningOn port: Int) {
        self.pid = pid
        self.port = port
        Thread { [self] in
            while !isStopped.load(ordering: .relaxed) {
                look()
                usleep(30_000)
            }
            done.signal()
        }.start()
    }

    /// Ends the watch.
    func end() -> Sightings {
        isStopped.store(true, ordering: .relaxed)
        done.wait()
        look()
        return sightings.withLock { $0 }
    }

    private func look() {
        let files = OpenFile.all(of: pid)
        guard !files.isEmpty else { return }
        let sockets = Set(files.compactMap(\.socket))
        let entries = SocketTable.entries(of: pid).filter { sockets.contains($0.inode) }
        // What the server writes its log to was opened by whoever started it.
        let writable = files.filter { $0.descriptor > 2 && $0.isWritable && $0.isRegularFile(of: pid) }
        sightings.withLock { sightings in
            sightings.looks += 1
            sightings.sockets = max(sightings.sockets, sockets.count)
            for entry in entries {
                if let problem = Self.problem(of: entry, port: port) { sightings.strangeSockets.insert(problem) }
            }
            for file in writable { sightings.writableFiles.insert(file.target) }
        }
    }

    /// What is wrong with a socket of a server that listens on `port`, if anything is.
    static func problem(of entry: SocketTable.Entry, port: Int) -> String? {
        guard entry.kind.hasPrefix("tcp") else { return "a \(entry.kind) socket on port \(entry.localPort)" }
        if entry.localPort == port { return nil }
        if entry.isListening { return "it listens on port \(entry.localPort), too" }
        // A socket that is being closed has no port any more.
        return entry.hasPeer ? "it opened a connection from port \(entry.localPort)" : nil
    }
}
