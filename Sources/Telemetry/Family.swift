/// Metrics of one name, told apart by labels that are all known from the start.
public struct Family<Key: Labels, Member: Metric>: Sendable {
    /// The name, after the conventions of Prometheus: base units, and `_total` at a counter's end.
    public let name: StaticString

    /// What is measured, in a sentence.
    public let help: StaticString

    private let keys: [Key]
    private let members: [Key: Member]

    /// Makes a member for each of `keys`.
    public init(_ name: StaticString, _ help: StaticString, keys: [Key], member: () -> Member) {
        self.name = name
        self.help = help
        var members: [Key: Member] = [:]
        // A series must not appear twice.
        self.keys = keys.filter { key in
            defer { members[key] = members[key] ?? member() }
            return members[key] == nil
        }
        self.members = members
    }

    /// The member for a key, or nil for a key that was not there from the start, which is not counted.
    public subscript(key: Key) -> Member? { members[key] }

    /// Every member, in the order of the keys.
    public var all: [Member] { keys.compactMap { members[$0] } }
}

extension Family where Key: CaseIterable {
    /// Makes a member for each case.
    public init(_ name: StaticString, _ help: StaticString, member: () -> Member) {
        self.init(name, help, keys: Array(Key.allCases), member: member)
    }
}

extension Family where Key == NoLabels {
    /// The only member.
    public var only: Member {
        guard let member = members[NoLabels()] else { preconditionFailure("a family without labels has one member") }
        return member
    }
}

extension Family {
    /// Writes the family as Prometheus reads it.
    func write(to text: inout Exposition) {
        text.begin(name: "\(name)", help: "\(help)", type: Member.type)
        for key in keys {
            guard let member = members[key] else { continue }
            let labels = zip(Key.names, key.values).map { name, value in ("\(name)", value) }
            for sample in member.samples { text.add(sample, of: "\(name)", labels: labels) }
        }
    }
}
