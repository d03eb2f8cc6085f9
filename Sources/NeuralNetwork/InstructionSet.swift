/// A set of vector instructions that kernels are compiled for.
public enum InstructionSet: String, CaseIterable, Sendable {
    /// What every processor of the architecture has.
    case portable

    /// The widest set that this processor has and kernels exist for.
    public static var widest: InstructionSet { .portable }
}
