import CKernels

/// A set of vector instructions that kernels are compiled for.
public enum InstructionSet: String, CaseIterable, Sendable {
    /// AVX-512 F, BW, DQ and VL: 16 floats at once.
    case avx512
    /// AVX2 with fused multiply-add: 8 floats at once.
    case avx2
    /// NEON: 4 floats at once.
    case neon
    /// What every processor of the architecture has.
    case portable

    /// The sets that this processor has, widest first.
    public static var available: [InstructionSet] { allCases.filter { $0.table != nil } }

    /// The widest set that this processor has.
    public static var widest: InstructionSet { available.first ?? .portable }

    var table: UnsafePointer<ck_kernels>? {
        switch self {
        case .avx512: ck_avx512()
        case .avx2: ck_avx2()
        case .neon: ck_neon()
        case .portable: ck_portable()
        }
    }
}
