/// A value that does not show itself: printed, interpolated, dumped or debugged it is `<redacted>`.
public struct Redacted<Value> {
    /// The value, for code that means to read it.
    public let value: Value

    /// Hides a value.
    public init(_ value: Value) { self.value = value }
}

extension Redacted: Sendable where Value: Sendable {}

extension Redacted: CustomStringConvertible {
    /// Always `<redacted>`.
    public var description: String { "<redacted>" }
}

extension Redacted: CustomDebugStringConvertible {
    /// Always `<redacted>`.
    public var debugDescription: String { description }
}

extension Redacted: CustomReflectable {
    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}
