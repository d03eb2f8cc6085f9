internal import CHost

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A user of the system that a process started by root becomes, for good.
public struct ServiceUser: Sendable, Equatable {
    /// The user's number.
    public let user: UInt32

    /// The number of the user's own group.
    public let group: UInt32

    /// All groups that the user is in.
    private let groups: [UInt32]

    /// Looks a user up by name or by number; nil when there is none.
    public init?(named name: String) {
        guard let entry = UInt32(name).map({ getpwuid($0) }) ?? getpwnam(name) else { return nil }
        let (user, group) = (entry.pointee.pw_uid, entry.pointee.pw_gid)
        self.user = user
        self.group = group
        var count: Int32 = 256
        var groups = [gid_t](repeating: 0, count: Int(count))
        let found = getgrouplist(entry.pointee.pw_name, group, &groups, &count)
        self.groups = found < 0 ? [group] : Array(groups.prefix(Int(count)))
    }

    /// Whether the process has the administrator's number.
    public static var isRoot: Bool { geteuid() == 0 }

    /// Whether the process is this user already.
    public var isCurrent: Bool { geteuid() == user && getuid() == user }

    /// Becomes the user.
    ///
    /// - Parameter keepsMemoryLock: Whether the right to lock memory beyond the limit stays.
    func become(keepsMemoryLock: Bool) throws(UserChangeError) {
        guard !isCurrent else { return }
        let error = host_become_user(user, group, groups, groups.count, keepsMemoryLock)
        guard error == 0 else { throw UserChangeError(reason: String(cString: strerror(error))) }
    }
}

/// The system does not let the process become another user.
public struct UserChangeError: Error {
    /// What the system says.
    public let reason: String
}
