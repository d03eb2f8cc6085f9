internal import CHost

/// Does what a protection forbids, to learn whether it can still be done.
package struct ProtectionTrial {
    private let forbiddenPort: UInt16

    /// Prepares trials in a process that may listen on `ports`.
    package init(ports: [UInt16] = []) {
        forbiddenPort = ports.contains(64_999) ? 64_998 : 64_999
    }

    /// Whether everything that the protection forbids fails, as it should.
    package func fails(_ protection: Protection) -> Bool {
        switch protection {
        case .eraseOnFree: host_freed_memory_is_clean()
        case .noCoreDumps: !host_has_core_dumps()
        case .notDumpable: !host_can_be_attached()
        case .noNewPrivileges: !host_can_gain_privileges() && !host_has_capabilities()
        case .files: !host_can_write_files() && !host_can_read_file("/etc/passwd") && !host_can_change_attributes()
        case .ports: !host_can_listen_on(forbiddenPort) && !host_can_connect() && !host_can_make_sockets()
        case .systemCalls:
            !host_can_run_programs() && !host_can_look_into_processes() && !host_can_connect()
                && !host_can_make_sockets()
        case .noSwap: true
        }
    }
}
