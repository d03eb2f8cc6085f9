import Foundation

/// The files that a server reads after it has given up its privileges.
enum ReadableFiles {
    /// Throws unless the process may read all of some files and folders, with everything in the latter.
    ///
    /// - Parameter isRoot: Whether the process has the administrator's number, though none of its privileges.
    static func require(_ paths: [String], isRoot: Bool) throws {
        guard let path = firstUnreadable(in: paths) else { return }
        throw Failure(
            .noPermission,
            """
            the server reads \(path) when it has given up its privileges, and then it may not: \
            \(isRoot
                ? "let root's group or everybody read it, or name the user whose it is (\(Setting.user.flag))."
                : "let the user that the server becomes read it, and every folder above it.")
            """)
    }

    private static func firstUnreadable(in paths: [String]) -> String? {
        for path in paths {
            var isFolder: ObjCBool = false
            let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
            guard exists, access(path, isFolder.boolValue ? R_OK | X_OK : R_OK) == 0 else { return path }
            guard isFolder.boolValue else { continue }
            let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
            if let inside = firstUnreadable(in: names.sorted().map { "\(path)/\($0)" }) { return inside }
        }
        return nil
    }
}
