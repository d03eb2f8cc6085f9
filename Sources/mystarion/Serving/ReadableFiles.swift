import Foundation

/// The files that a server reads after it has given up its privileges.
enum ReadableFiles {
    /// Throws unless the process may read all of some files and folders, with everything in the latter.
    ///
    /// - Parameter isRoot: Whether the process has the administrator's number, though none of its privileges.
    static func require(_ paths: [String], isRoot: Bool) throws {
        guard let path = firstUnreadable(in: paths.map(resolved)) else { return }
        throw Failure(
            .noPermission,
            """
            the server reads \(path) when it has given up its privileges, and then it may not: \
            \(isRoot
                ? "let root's group or everybody read it, or name the user whose it is (\(Setting.user.flag))."
                : "let the user that the server becomes read it, and every folder above it.")
            """)
    }

    private static func resolved(_ path: String) -> String {
        URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    }

    /// The first that is there and may not be read. Of links within folders, what they lead to counts; hidden files hold no
    /// weights.
    private static func firstUnreadable(in paths: [String]) -> String? {
        for path in paths {
            var status = stat()
            guard lstat(path, &status) == 0 else {
                if errno == EACCES { return path }
                continue
            }
            let isFolder = status.st_mode & S_IFMT == S_IFDIR
            if access(path, isFolder ? R_OK | X_OK : R_OK) != 0, errno == EACCES { return path }
            guard isFolder, let names = try? FileManager.default.contentsOfDirectory(atPath: path) else { continue }
            let inside = names.filter { !$0.hasPrefix(".") }.sorted().map { "\(path)/\($0)" }
            if let unreadable = firstUnreadable(in: inside) { return unreadable }
        }
        return nil
    }
}
