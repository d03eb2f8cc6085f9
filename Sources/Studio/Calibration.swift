/// How long steps take on this machine, measured before anybody is served.
public struct Calibration: Sendable, Equatable {
    /// The width and height that steps were measured at, in pixels.
    public let width: Int, height: Int

    /// The seconds that one pass over so many pictures takes, from few pictures to many.
    public let steps: [Step]

    /// How many pictures should share a pass.
    public let batch: Int

    /// One measurement.
    public struct Step: Sendable, Equatable {
        /// Pictures in the pass.
        public let batch: Int
        /// How long the pass took.
        public let seconds: Double
    }
}
