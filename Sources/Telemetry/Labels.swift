/// What tells the series of a family apart.
///
/// A family is given every combination when it is made and never another: what a request holds cannot become a label.
public protocol Labels: Hashable, Sendable {
    /// The labels' names, of small letters and underscores.
    static var names: [StaticString] { get }

    /// The labels' values, as many as there are names.
    var values: [String] { get }
}

/// The labels of a family that has one series.
public struct NoLabels: Labels, CaseIterable {
    /// The only combination there is.
    public static let allCases = [NoLabels()]

    /// None.
    public static let names: [StaticString] = []

    /// None.
    public var values: [String] { [] }
}
