internal import CHost

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// How a process may keep its memory out of swap.
enum MemoryLocking {
    /// There is no limit on locked memory.
    case unlimited
    /// There is a limit, and the process has the right to exceed it (CAP_IPC_LOCK), which it keeps. Only where there is
    /// swap: elsewhere, it is better to have no right at all.
    case byRight
    /// It may not, or need not.
    case never

    /// Lifts the limit as far as the process may, and sees what is left.
    init() {
        if host_unlimit_locked_memory() {
            self = .unlimited
        } else {
            self = !Self.hasNoSwap && host_may_lock_memory() ? .byRight : .never
        }
    }

    /// Locks all that the process can write to, now and from now on.
    func enforce() -> ProtectionStatus.State {
        if self != .never { return .init(error: host_lock_memory()) }
        if Self.hasNoSwap { return .inForce("this machine has no swap") }
        return .failed(
            "the limit on locked memory must be unlimited; raise it (ulimit -l, or LimitMEMLOCK=infinity of systemd)")
    }

    /// Whether the kernel lists no swap but its headline.
    private static var hasNoSwap: Bool {
        guard let file = fopen("/proc/swaps", "re") else { return false }
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
