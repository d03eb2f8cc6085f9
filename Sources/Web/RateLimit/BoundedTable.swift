/// Values by numbers, no more than a maximum.
///
/// When it is full, a new value takes the place of another: of a few that are drawn at random, the one that is least
/// worth keeping. So a flood of numbers costs bounded memory and time, and never keeps a new one out.
struct BoundedTable<Value> {
    private struct Entry {
        var value: Value
        var position: Int
    }

    private let maximum: Int
    private let worth: (Value) -> Double
    private var entries: [UInt64: Entry] = [:]
    private var numbers: [UInt64] = []

    /// An empty table.
    ///
    /// - Parameters:
    ///   - maximum: The most values, at least one.
    ///   - worth: How much it matters to keep a value.
    init(maximum: Int, worth: @escaping (Value) -> Double) {
        self.maximum = max(1, maximum)
        self.worth = worth
    }

    /// How many values there are.
    var count: Int { numbers.count }

    /// The value of a number; assigning nil removes it.
    subscript(number: UInt64) -> Value? {
        get { entries[number]?.value }
        set {
            guard let newValue else { return remove(number) }
            if let position = entries[number]?.position {
                entries[number] = Entry(value: newValue, position: position)
                return
            }
            if numbers.count >= maximum, let victim = leastWorth { remove(victim) }
            entries[number] = Entry(value: newValue, position: numbers.count)
            numbers.append(number)
        }
    }

    /// Removes the values that are not wanted any more.
    mutating func removeAll(where isUnwanted: (Value) -> Bool) {
        for number in numbers.reversed() {
            if let entry = entries[number], isUnwanted(entry.value) { remove(number) }
        }
    }

    private var leastWorth: UInt64? {
        (0..<8).compactMap { _ in numbers.randomElement() }
            .min { value($0) < value($1) }
    }

    private func value(_ number: UInt64) -> Double { entries[number].map { worth($0.value) } ?? 0 }

    private mutating func remove(_ number: UInt64) {
        guard let position = entries.removeValue(forKey: number)?.position else { return }
        let last = numbers.removeLast()
        guard last != number else { return }
        numbers[position] = last
        entries[last]?.position = position
    }
}
