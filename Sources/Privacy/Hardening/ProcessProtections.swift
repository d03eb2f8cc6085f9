internal import CHost

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The protections that a process puts in force over itself.
///
/// Landlock and capabilities bind the calling thread and those that it starts later, so ``enforce()`` belongs on the
/// main thread before any other exists. Nothing of this can be undone while the process lives.
public struct ProcessProtections: Sendable {
    /// Files and folders that stay readable, with everything in them.
    public var readable: [String]

    /// The bound socket that may be listened on; nil for none.
    public var listener: Int32?

    /// The user that the process becomes; nil when it stays who it is.
    public var user: ServiceUser?

    /// What need not be in force.
    public var waived: Set<Protection>

    /// Names what the process still needs.
    public init(
        readable: [String], listener: Int32? = nil, user: ServiceUser? = nil, waived: Set<Protection> = []
    ) {
        self.readable = readable
        self.listener = listener
        self.user = user
        self.waived = waived
    }

    /// Puts every protection in force that is not waived, tries each, and says how it stands.
    ///
    /// - Throws: When the process cannot become the user.
    public func enforce() throws(UserChangeError) -> [ProtectionStatus] {
        var states: [Protection: ProtectionStatus.State] = [:]
        // First, because root alone may raise limits.
        let locking = waived.contains(.noSwap) ? .never : MemoryLocking()
        states[.noCoreDumps] = enforce(.noCoreDumps, locking)
        try user?.become(keepsMemoryLock: locking == .byRight)
        for protection in [Protection.noSwap, .eraseOnFree, .notDumpable, .noNewPrivileges, .files, .ports] {
            states[protection] = enforce(protection, locking)
        }
        let trial = ProtectionTrial()
        for (protection, state) in states { states[protection] = state.confirmed(by: trial.fails(protection)) }
        // Last, and tried last, because it would refuse the others and their trials.
        states[.systemCalls] = enforce(.systemCalls, locking).confirmed(by: trial.fails(.systemCalls))
        return Protection.allCases.compactMap { protection in
            states[protection].map { ProtectionStatus(protection: protection, state: explained(protection, $0)) }
        }
    }

    private func enforce(_ protection: Protection, _ locking: MemoryLocking) -> ProtectionStatus.State {
        guard !waived.contains(protection) else {
            if protection == .eraseOnFree { host_stop_erasing() }
            return .waived
        }
        let threads = host_thread_count()
        let bindThisThread: Set<Protection> = [.noNewPrivileges, .files, .ports]
        guard threads <= 1 || !bindThisThread.contains(protection) else {
            return .failed("\(threads) threads are running already")
        }
        return state(of: protection, locking)
    }

    private func state(of protection: Protection, _ locking: MemoryLocking) -> ProtectionStatus.State {
        switch protection {
        case .eraseOnFree: host_erases_on_free() ? .inForce(nil) : .failed("the system's allocator is not glibc's")
        case .noCoreDumps: .init(error: host_forbid_core_dumps())
        case .notDumpable: .init(error: host_set_not_dumpable())
        case .noNewPrivileges: .init(error: giveUpPrivileges(locking))
        case .files: .init(error: restrictFiles(), detail: "Landlock version \(host_landlock_version())")
        case .ports: restrictNetwork()
        case .systemCalls: .init(error: host_seccomp_restrict(listener ?? -1), detail: "seccomp")
        case .noSwap: locking.enforce()
        }
    }

    private func giveUpPrivileges(_ locking: MemoryLocking) -> Int32 {
        let error = host_give_up_capabilities(locking == .byRight)
        return error != 0 ? error : host_set_no_new_privileges()
    }

    private func restrictFiles() -> Int32 {
        let copies = (readable + Self.systemFiles).map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        let error = copies.map { UnsafePointer($0) }.withUnsafeBufferPointer { paths in
            host_landlock_restrict_files(paths.baseAddress, paths.count)
        }
        return error != 0 ? error : host_seccomp_forbid_keeping()
    }

    /// System calls are refused; where Landlock has rules for ports, it is a second lock.
    private func restrictNetwork() -> ProtectionStatus.State {
        let error = host_landlock_restrict_network()
        let detail = error == 0 ? "seccomp, Landlock version \(host_landlock_version())" : "seccomp"
        return .init(error: host_seccomp_forbid_sockets(listener ?? -1), detail: detail)
    }

    /// What the C library and libdispatch read after the start: the time zone, the state of this machine and of this
    /// process.
    ///
    /// All of /proc, because a process's own folder there does not stay the same inode, and libdispatch ends the
    /// process when it cannot read it. Landlock keeps other processes' memory out of reach in any case.
    private static let systemFiles = [
        "/etc/localtime", "/usr/share/zoneinfo", "/proc", "/sys/fs/cgroup", "/sys/devices/system/cpu",
    ]

    /// What somebody can do about a failed protection, where the system's word for it does not say.
    private func explained(_ protection: Protection, _ state: ProtectionStatus.State) -> ProtectionStatus.State {
        guard protection == .noCoreDumps, case .failed = state else { return state }
        return .failed(
            """
            the kernel gives images to a program or a socket (/proc/sys/kernel/core_pattern), whatever their limit; \
            start the server with a limit of one byte, which a program heeds (LimitCORE=1 of systemd)
            """)
    }
}

extension ProtectionStatus.State {
    /// What a system call said: 0, or an error of `errno.h`.
    init(error: Int32, detail: String? = nil) {
        switch error {
        case 0: self = .inForce(detail)
        case ENOSYS: self = .failed("the kernel does not offer it")
        default: self = .failed(String(cString: strerror(error)))
        }
    }

    fileprivate func confirmed(by trial: Bool) -> Self {
        guard case .inForce = self, !trial else { return self }
        return .failed("it was put in force, but a trial of what it forbids succeeded")
    }
}
