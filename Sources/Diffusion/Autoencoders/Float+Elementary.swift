#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension Float {
    /// e to the power of the number.
    var exponential: Float { expf(self) }

    /// The hyperbolic tangent.
    var hyperbolicTangent: Float { tanhf(self) }
}
