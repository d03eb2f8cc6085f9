/// Why no scheduler can be made of a configuration and a request.
public enum SchedulerError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The configuration's file cannot be read.
    case unreadable(file: String, reason: String)

    /// A value in the configuration has the wrong type or is out of range.
    case malformed(key: String, problem: String)

    /// A value in the configuration is none of those that exist.
    case unknownOption(key: String, value: String, allowed: [String])

    /// A value in the configuration exists, but not for this scheduler.
    case unsupportedOption(scheduler: String, key: String, value: String, allowed: [String])

    /// The configuration names a scheduler that does not exist here, and no sampler was chosen instead.
    case unknownScheduler(name: String, allowed: [String])

    /// The sampler and the model do not go together: one is for flow matching, the other is not.
    case samplerMismatch(sampler: String, scheduler: String)

    /// The sampler's noise levels cannot be spaced in another way than its own.
    case scheduleMismatch(sampler: String)

    /// Too few or too many steps were asked for.
    case stepsOutOfRange(steps: Int, allowed: ClosedRange<Int>)

    /// The strength of image to image is not between 0 and 1.
    case strengthOutOfRange(Float)

    /// The schedule shifts with the picture's size, and nobody said by how much.
    case missingShift

    /// What was wrong, where, and what is allowed.
    public var description: String {
        switch self {
        case .unreadable(let file, let reason):
            "The scheduler configuration '\(file)' cannot be read: \(reason)."
        case .malformed(let key, let problem):
            "'\(key)' in the scheduler configuration \(problem)."
        case .unknownOption(let key, let value, let allowed):
            "'\(key)' in the scheduler configuration is '\(value)'; it can be \(Self.list(allowed))."
        case .unsupportedOption(let scheduler, let key, let value, let allowed):
            "'\(key)' in the scheduler configuration is '\(value)'; with \(scheduler) it can be \(Self.list(allowed))."
        case .unknownScheduler(let name, let allowed):
            "The model's scheduler '\(name)' is not supported; choose a sampler, or one of \(Self.list(allowed))."
        case .samplerMismatch(let sampler, let scheduler):
            "The sampler '\(sampler)' does not suit a model whose scheduler is '\(scheduler)'."
        case .scheduleMismatch(let sampler):
            "The sampler '\(sampler)' has a schedule of its own; leave the schedule out."
        case .stepsOutOfRange(_, let allowed):
            "So many steps are not possible; choose \(allowed.lowerBound) to \(allowed.upperBound)."
        case .strengthOutOfRange:
            "The strength is not possible; choose a number from 0 to 1."
        case .missingShift:
            "'use_dynamic_shifting' in the scheduler configuration needs 'mu', the shift for the picture's size."
        }
    }

    private static func list(_ values: [String]) -> String {
        values.map { "'\($0)'" }.joined(separator: ", ")
    }
}
