internal import Studio

/// A size that the page offers.
struct SizeChoice: Equatable {
    let name: String
    let width: Int
    let height: Int

    /// The model's own size, and a wide and a tall one in the proportion 3:2, in multiples that its network divides
    /// without a rest; only those within the limits.
    static func all(for model: ModelCard, limits: RequestLimits) -> [SizeChoice] {
        let (width, height) = (model.defaultWidth, model.defaultHeight)
        let grid = 64
        // Large models are offered the same area in another shape, small ones more of it.
        let long = width >= 768 ? (width * 5 / 4) / grid * grid : (width * 3 / 2 + grid - 1) / grid * grid
        let short = width >= 768 ? (height * 4 / 5 + grid - 1) / grid * grid : height
        let choices = [
            SizeChoice(name: width == height ? "Square" : "Standard", width: width, height: height),
            SizeChoice(name: "Wide", width: long, height: short),
            SizeChoice(name: "Tall", width: short, height: long),
        ]
        return choices.filter {
            limits.sides.contains($0.width) && limits.sides.contains($0.height)
        }
    }
}
