import Foundation

/// The files that have changed since an audit began, in every folder that a server could write to.
struct ChangedFiles {
    private static let mostEntries = 300_000
    private static let mostBytes = 1 << 30

    /// The folders.
    let folders: [String]

    /// When the audit began, in seconds since 1970.
    let start: Int

    /// How many files and folders were looked at.
    private(set) var entries = 0
    /// How many of the files had changed.
    private(set) var changed = 0
    /// What could not be looked at, and why.
    private(set) var leftOut: [String] = []

    init(in folders: [String], since start: Int) {
        var kept: [String] = []
        for folder in folders.map({ URL(fileURLWithPath: $0).resolvingSymlinksInPath().path }).sorted()
        where folder != "/" && !kept.contains(where: { folder == $0 || folder.hasPrefix($0 + "/") }) {
            kept.append(folder)
        }
        self.folders = kept
        self.start = start
    }

    /// The folders that a process could write to if nothing kept it from that.
    static func folders(of pid: Int32) -> [String] {
        var folders = ["/tmp", "/var/tmp", "/dev/shm"]
        if let folder = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/cwd") {
            folders.append(folder)
        }
        let environment = FileManager.default.contents(atPath: "/proc/\(pid)/environ") ?? Data()
        for variable in environment.split(separator: 0) {
            let text = String(decoding: variable, as: UTF8.self)
            for name in ["TMPDIR=", "HOME="] where text.hasPrefix(name) {
                folders.append(String(text.dropFirst(name.count)))
            }
        }
        return folders.filter { $0.hasPrefix("/") }
    }

    /// Searches them.
    mutating func search(with search: inout Search) {
        for folder in folders { walk(folder, with: &search) }
    }

    private mutating func walk(_ folder: String, with search: inout Search) {
        var waiting = [folder]
        while let next = waiting.popLast() {
            guard let names = try? FileManager.default.contentsOfDirectory(atPath: next) else {
                if errno == EACCES { note("\(next) may not be read") }
                continue
            }
            for name in names {
                entries += 1
                guard entries < Self.mostEntries else { return note("more than \(Self.mostEntries) files") }
                let path = "\(next)/\(name)"
                var status = stat()
                guard lstat(path, &status) == 0 else { continue }
                switch status.st_mode & S_IFMT {
                case S_IFDIR: waiting.append(path)
                case S_IFREG where max(status.st_mtim.tv_sec, status.st_ctim.tv_sec) >= start:
                    changed += 1
                    read(path, with: &search)
                default: break
                }
            }
        }
    }

    private mutating func read(_ path: String, with search: inout Search) {
        guard search.bytes < Self.mostBytes else { return note("more than a gibibyte has changed") }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            if errno == EACCES { note("\(path) may not be read") }
            return
        }
        defer { close(descriptor) }
        search.enter(path)
        Self.read(descriptor, with: &search, upTo: Self.mostBytes - search.bytes)
    }

    /// Searches a file that is open, from where it is.
    static func read(_ descriptor: Int32, with search: inout Search, upTo limit: Int) {
        let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 64)
        defer { piece.deallocate() }
        let end = search.bytes + limit
        while search.bytes < end {
            let count = Foundation.read(descriptor, piece.baseAddress, piece.count)
            guard count > 0 else { return }
            search.look(at: UnsafeRawBufferPointer(rebasing: piece[..<count]))
        }
    }

    private mutating func note(_ problem: String) {
        if leftOut.count < 10, !leftOut.contains(problem) { leftOut.append(problem) }
    }
}
