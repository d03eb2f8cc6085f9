import Foundation

/// The files that reference implementations made, in `Tests/Fixtures/data`.
enum Fixtures {
    /// The fixture at a path below `Tests/Fixtures/data`.
    static func url(_ path: String) -> URL {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Fixtures/data").appending(path: path)
    }
}
