/// Why a command ended without what it was asked for, for a person to read and a script to test.
struct Failure: Error {
    /// The exit status, after `sysexits.h`.
    enum Status: Int32 {
        /// An audit found what must not be, as `grep` and `diff` say of what they look for.
        case found = 1
        case usage = 64
        case badData = 65
        case noInput = 66
        case unavailable = 69
        case software = 70
        /// The system has not enough memory, threads or open files for it.
        case system = 71
        case cannotCreate = 73
        case readOrWrite = 74
        /// An audit was not allowed to look everywhere.
        case noPermission = 77
        case configuration = 78
        /// Ended by Ctrl-C, as shells report it.
        case interrupted = 130
        /// Ended by SIGTERM, as shells report it.
        case terminated = 143
    }

    let status: Status
    let message: String

    init(_ status: Status, _ message: String) {
        self.status = status
        self.message = message
    }
}
