/// How full something is, told in quarters so that small changes do not show.
///
/// The level falls when the content is below it by a secret part of a quarter, and rises again when the content is
/// above the next lower level by nearly a quarter. The parts are drawn at random after each change: otherwise someone
/// who knows their own share of the use could compute another's from the moment at which the level changes.
package struct CoarseLevel: Sendable {
    /// How many steps there are between empty and full.
    package static let steps = 4

    private var level = steps
    private var fall = Double.random(in: 0.25...0.75)
    private var rise = Double.random(in: 0.76..<1)

    /// The level to tell, from 0 to ``steps``, when this part from 0 to 1 is left.
    package mutating func level(at part: Double) -> Int {
        let quarters = min(max(0, part), 1) * Double(Self.steps)
        while level > 0, quarters < Double(level) - fall { change(to: level - 1) }
        while level < Self.steps, quarters >= Double(level) + rise { change(to: level + 1) }
        return level
    }

    private mutating func change(to level: Int) { self = CoarseLevel(level: level) }

    /// Begins at a level: full unless told otherwise.
    package init(level: Int = steps) { self.level = level }
}
