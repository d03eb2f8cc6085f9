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
/// Landlock binds the calling thread and those that it starts later, so ``enforce()`` belongs on the main thread before
/// any other exists. Nothing of this can be undone while the process lives.
public struct ProcessProtections: Sendable {
    /// Files and folders that stay readable, with everything in them.
    public var readable: [String]

    /// TCP ports that may be listened on; 0 for one that the system chooses.
    public var ports: [UInt16]

    /// What need not be in force.
    public var waived: Set<Protection>

    /// Names what the process still needs.
    public init(readable: [String], ports: [UInt16], waived: Set<Protection> = []) {
        self.readable = readable
        self.ports = ports
        self.waived = waived
    }

    /// Puts every protection in force that is not waived, but for ``Protection/noSwap``, tries each, and says how it
    /// stands.
    public func enforce() -> [ProtectionStatus] {
        let threads = host_thread_count()
        return Protection.allCases.filter { $0 != .noSwap }.map { protection in
            if waived.contains(protection) {
                if protection == .eraseOnFree { host_stop_erasing() }
                return ProtectionStatus(protection: protection, state: .waived)
            }
            if threads > 1, protection == .files || protection == .ports {
                return ProtectionStatus(
                    protection: protection, state: .failed("\(threads) threads are running already"))
            }
            return ProtectionStatus(
                protection: protection,
                state: enforce(protection).confirmed(by: ProtectionTrial(ports: ports).fails(protection)))
        }
    }

    /// Keeps memory that is touched from now on out of swap, as far as the limits allow: after the model was read, whose
    /// weights are no secret.
    public func keepOutOfSwap() -> ProtectionStatus {
        ProtectionStatus(protection: .noSwap, state: waived.contains(.noSwap) ? .waived : Self.lockMemory())
    }

    private func enforce(_ protection: Protection) -> ProtectionStatus.State {
        switch protection {
        case .eraseOnFree:
            host_erases_on_free() ? .inForce(nil) : .failed("the system's allocator is not glibc's")
        case .noCoreDumps: .init(error: Self.forbidCoreDumps())
        case .notDumpable: .init(error: host_set_not_dumpable())
        case .noNewPrivileges: .init(error: host_set_no_new_privileges())
        case .files: .init(error: restrictFilesAndPorts(), detail: "Landlock version \(host_landlock_version())")
        case .ports: portRules
        case .systemCalls: .init(error: host_seccomp_restrict(), detail: "seccomp")
        case .noSwap: Self.lockMemory()
        }
    }

    /// The rules for ports are put in force with those for files.
    private var portRules: ProtectionStatus.State {
        let version = host_landlock_version()
        if waived.contains(.files) {
            return .failed("the rules for ports come with those for files, which are waived")
        }
        guard version >= 4 else {
            return .failed("the kernel's Landlock is version \(version); ports need version 4 (Linux 6.7)")
        }
        return .inForce("Landlock version \(version)")
    }

    private func restrictFilesAndPorts() -> Int32 {
        let paths = readable + Self.systemFiles
        let copies = paths.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        return copies.map { UnsafePointer($0) }.withUnsafeBufferPointer { paths in
            ports.withUnsafeBufferPointer { ports in
                host_landlock_restrict(paths.baseAddress, paths.count, ports.baseAddress, ports.count)
            }
        }
    }

    /// What the C library and libdispatch read after the start: names of hosts, the time zone, the state of this machine
    /// and of this process.
    ///
    /// All of /proc, because a process's own folder there does not stay the same inode, and libdispatch ends the process
    /// when it cannot read it. Landlock keeps other processes' memory out of reach in any case.
    private static let systemFiles = [
        "/etc/hosts", "/etc/resolv.conf", "/etc/nsswitch.conf", "/etc/gai.conf", "/etc/host.conf", "/etc/localtime",
        "/usr/share/zoneinfo", "/proc", "/sys/fs/cgroup", "/sys/devices/system/cpu",
    ]

    private static func forbidCoreDumps() -> Int32 {
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        #if canImport(Glibc)
            return setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none) == 0 ? 0 : errno
        #else
            return setrlimit(RLIMIT_CORE, &none) == 0 ? 0 : errno
        #endif
    }

    private static func lockMemory() -> ProtectionStatus.State {
        if hasNoSwap { return .inForce("this machine has no swap") }
        let error = host_lock_memory()
        guard error == EPERM || error == ENOMEM else { return .init(error: error) }
        return .failed("the limit on locked memory is too low; raise it (ulimit -l, or LimitMEMLOCK= of systemd)")
    }

    /// Whether the kernel lists no swap but its headline.
    private static var hasNoSwap: Bool {
        guard let file = fopen("/proc/swaps", "r") else { return false }
        defer { fclose(file) }
        var lines = 0
        while true {
            switch getc(file) {
            case EOF: return lines <= 1
            case 10: lines += 1
            default: break
            }
        }
    }
}

extension ProtectionStatus.State {
    /// What a system call said: 0, or an error of `errno.h`.
    fileprivate init(error: Int32, detail: String? = nil) {
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
