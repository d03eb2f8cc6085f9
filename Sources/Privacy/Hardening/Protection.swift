/// What a process can take away from itself, so that a mistake or an intruder cannot keep or carry off a prompt.
public enum Protection: String, CaseIterable, Sendable {
    /// Freed memory is overwritten, in this program and in the libraries that it uses.
    case eraseOnFree = "erase-on-free"
    /// The system writes no image of the memory when the process crashes.
    case noCoreDumps = "no-core-dumps"
    /// Other processes of the same user cannot attach or read the memory.
    case notDumpable = "not-dumpable"
    /// No right of the administrator is left, and no program that is run can gain one.
    case noNewPrivileges = "no-new-privileges"
    /// Files cannot be written or changed, and only the model and what the system needs can be read (Landlock,
    /// seccomp).
    case files = "files"
    /// No socket can be made, so no other port be listened on and nothing be sent but answers (seccomp, Landlock).
    case ports = "ports"
    /// No system call is left but those that the server needs: no program can be run, no process looked into (seccomp).
    case systemCalls = "system-calls"
    /// Memory that can hold a request does not get into swap.
    case noSwap = "no-swap"

    /// What it does, in a few words.
    public var summary: String {
        switch self {
        case .eraseOnFree: "freed memory is overwritten"
        case .noCoreDumps: "a crash writes no image of the memory"
        case .notDumpable: "other processes cannot attach or read the memory"
        case .noNewPrivileges: "no privilege is left, and nothing that is run gains one"
        case .files: "no file can be written, and none read but the model's and the system's"
        case .ports: "no other port can be listened on, and no connection be opened"
        case .systemCalls: "no program can be run, and no other process looked into"
        case .noSwap: "memory that can hold a request does not get into swap"
        }
    }
}
