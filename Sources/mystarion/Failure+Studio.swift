import Moderation
import Studio

extension Failure {
    /// What the studio threw, as a command's end.
    init(_ error: any Error) {
        switch error {
        case let failure as Failure: self = failure
        case is CancellationError, StudioError.cancelled: self.init(.interrupted, "stopped.")
        case StudioError.invalid(let error): self.init(.usage, error.message)
        case StudioError.refused(let rule): self.init(.badData, rule.message)
        case StudioError.tooLarge: self.init(.system, "\(error)")
        case let error as StudioError: self.init(.software, error.description)
        default: self.init(.software, "\(error)")
        }
    }
}
