import Foundation
import Privacy

/// The limit on open files, of which every connection is one.
enum OpenFiles {
    /// What the process needs besides its connections.
    private static let others = 128

    /// Whether the limit can be raised far enough for so many connections.
    static func canHold(connections: Int) -> Bool { limit.rlim_max >= rlim_t(connections + others) }

    /// Raises the limit to what so many connections need, if it is lower.
    static func makeRoom(forConnections connections: Int) {
        var limit = limit
        let needed = rlim_t(connections + others)
        guard limit.rlim_cur < needed else { return }
        limit.rlim_cur = min(needed, limit.rlim_max)
        setrlimit(resource, &limit)
    }

    /// Closes what the process that started this one left open, but for the standard streams.
    static func closeInherited() { closeInheritedDescriptors() }

    private static var limit: rlimit {
        var limit = rlimit()
        getrlimit(resource, &limit)
        return limit
    }

    #if canImport(Glibc)
        private static var resource: __rlimit_resource_t { __rlimit_resource_t(RLIMIT_NOFILE.rawValue) }
    #else
        private static var resource: Int32 { RLIMIT_NOFILE }
    #endif
}
