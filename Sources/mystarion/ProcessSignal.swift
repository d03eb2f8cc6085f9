import CHost
import Foundation

/// A signal that asks the process to end, or to read its files again.
enum ProcessSignal: Sendable {
    /// Ctrl-C.
    case interrupt
    /// What `kill` and service managers send.
    case terminate
    /// Files are new.
    case hangUp

    /// Takes signals from the system's own handling and hands them out.
    ///
    /// The second one that asks the process to end does so at once, whatever it is doing: no task, lock or log that nobody
    /// reads can keep it.
    ///
    /// - Parameter hangUps: Whether hang-ups are handed out; otherwise they end the process, as they do by default.
    static func take(hangUps: Bool = false) -> AsyncStream<ProcessSignal> {
        let (stream, continuation) = AsyncStream.makeStream(of: ProcessSignal.self)
        guard host_take_signals(hangUps) == 0 else { return stream }
        let thread = Thread {
            while true {
                switch host_next_signal() {
                case SIGINT: continuation.yield(.interrupt)
                case SIGTERM: continuation.yield(.terminate)
                default: continuation.yield(.hangUp)
                }
            }
        }
        thread.name = "signals"
        thread.start()
        return stream
    }

    /// Leaves signals to the system again, which ends the process at the first.
    static func leave() { host_leave_signals() }
}

extension Failure {
    /// The end of a command that a signal has ended.
    init(_ signal: ProcessSignal) {
        self.init(signal == .interrupt ? .interrupted : .terminated, "stopped.")
    }
}
