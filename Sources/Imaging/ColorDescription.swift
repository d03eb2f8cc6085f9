/// What a file says that its numbers mean, where that may not be sRGB.
enum ColorDescription: ~Copyable {
    /// By a profile.
    case profile(ICCProfile)
    /// By where the colors lie and how bright they are, as in the chunks cHRM and gAMA of PNG.
    case calibration(ColorCalibration)
}

/// The colors of a screen: what its red, green, blue and white are, and how bright a number is.
struct ColorCalibration: Equatable {
    /// A color's place in the CIE's chromaticity diagram.
    struct Chromaticity: Equatable {
        var x: Double
        var y: Double
    }

    /// White, red, green and blue.
    struct Primaries: Equatable {
        var white, red, green, blue: Chromaticity

        /// Those of sRGB (IEC 61966-2-1).
        static let sRGB = Primaries(
            white: Chromaticity(x: 0.3127, y: 0.329), red: Chromaticity(x: 0.64, y: 0.33),
            green: Chromaticity(x: 0.3, y: 0.6), blue: Chromaticity(x: 0.15, y: 0.06))

        /// Whether these are the others, rounded.
        func isClose(to other: Primaries) -> Bool {
            let pairs = [(white, other.white), (red, other.red), (green, other.green), (blue, other.blue)]
            return pairs.allSatisfy { abs($0.x - $1.x) <= 0.01 && abs($0.y - $1.y) <= 0.01 }
        }
    }

    let primaries: Primaries
    /// The power of a number that light grows with; nil for sRGB's curve.
    let exponent: Double?

    /// Takes a PNG file's chunks; nil when they say what sRGB is, or nothing that can be.
    ///
    /// A gamma of about 1/2.2 beside sRGB's colors is how files say "sRGB" to programs that know no better, so it is
    /// sRGB's curve.
    ///
    /// - Parameters:
    ///   - primaries: What the chunk cHRM says.
    ///   - gamma: What the chunk gAMA says, the power of light that the numbers grow with.
    init?(primaries: Primaries?, gamma: Double?) {
        let isStandardSpace = primaries?.isClose(to: .sRGB) ?? true
        if let gamma {
            guard (0.1...10).contains(gamma), !isStandardSpace || abs(gamma * 2.2 - 1) > 0.05 else { return nil }
        } else if isStandardSpace {
            return nil
        }
        self.primaries = isStandardSpace ? .sRGB : primaries ?? .sRGB
        exponent = gamma.map { 1 / $0 }
    }
}
