import Foundation
import Output
import Testing

@Suite("Files that are there as a whole or as they were")
struct OutputFileTests {
    /// A folder that goes when the test ends.
    private final class Folder {
        let path = FileManager.default.temporaryDirectory.appending(path: "mystarion-\(UUID().uuidString)").path

        init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

        deinit { try? FileManager.default.removeItem(atPath: path) }

        var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }

        func contents(_ name: String) -> [UInt8]? {
            FileManager.default.contents(atPath: "\(path)/\(name)").map(Array.init)
        }

        func permissions(_ name: String) -> Int? {
            (try? FileManager.default.attributesOfItem(atPath: "\(path)/\(name)"))?[.posixPermissions] as? Int
        }
    }

    @Test("a new file appears with the usual permissions, and nothing beside it")
    func newFile() throws {
        let folder = try Folder()
        let file = try OutputFile("\(folder.path)/new")
        #expect(folder.names.isEmpty, "looking at a place leaves nothing there")
        try file.write([1, 2, 3])
        #expect(folder.names == ["new"])
        #expect(folder.contents("new") == [1, 2, 3])
        close(open("\(folder.path)/usual", O_WRONLY | O_CREAT, 0o666))
        #expect(folder.permissions("new") == folder.permissions("usual"))
    }

    @Test("a file is replaced with its permissions, and a link stays and leads to what was written")
    func replaced() throws {
        let folder = try Folder()
        try Data([9, 9, 9, 9]).write(to: URL(fileURLWithPath: "\(folder.path)/old"))
        chmod("\(folder.path)/old", 0o640)
        try FileManager.default.createSymbolicLink(atPath: "\(folder.path)/link", withDestinationPath: "old")
        try FileManager.default.createSymbolicLink(atPath: "\(folder.path)/ahead", withDestinationPath: "nothing-yet")
        try OutputFile("\(folder.path)/link").write([1])
        try OutputFile("\(folder.path)/ahead").write([2])
        #expect(folder.contents("old") == [1] && folder.permissions("old") == 0o640)
        #expect(folder.contents("nothing-yet") == [2])
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: "\(folder.path)/link") == "old")
        #expect(folder.names == ["ahead", "link", "nothing-yet", "old"])
    }

    @Test("what cannot be written is found before there is anything to write")
    func refusals() throws {
        let folder = try Folder()
        #expect(throws: OutputError(code: EISDIR)) { try OutputFile(folder.path) }
        #expect(throws: OutputError(code: ENOENT)) { try OutputFile("\(folder.path)/missing/new") }
        #expect(throws: OutputError.self) { try OutputFile("/proc/new") }
        #expect(throws: OutputError.self) { try OutputFile("\(folder.path)/\(String(repeating: "x", count: 300))") }
        #expect(folder.names.isEmpty)
    }

    @Test("devices and pipes are written to as they are")
    func streams() throws {
        let folder = try Folder()
        let full = try OutputFile("/dev/full")
        #expect(full.isStream)
        #expect(throws: OutputError(code: ENOSPC)) { try full.write([1]) }
        let path = "\(folder.path)/pipe"
        #expect(mkfifo(path, 0o600) == 0)
        let reader = open(path, O_RDONLY | O_NONBLOCK)
        defer { close(reader) }
        try OutputFile(path).write([5, 6])
        var bytes = [UInt8](repeating: 0, count: 8)
        #expect(read(reader, &bytes, bytes.count) == 2)
        #expect(bytes.prefix(2) == [5, 6] && folder.names == ["pipe"])
    }
}
