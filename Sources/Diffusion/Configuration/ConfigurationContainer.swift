/// A configuration file's keys, read with Python's defaults and with errors that name file, key, value and choice.
///
/// As in diffusers and transformers, a key that is absent has the default of the class's initialiser. An explicit `null`
/// is as good as absent, but where Python's `None` means something else.
struct ConfigurationContainer<Key: CodingKey> {
    private let values: KeyedDecodingContainer<Key>
    private let file: String

    init(_ decoder: any Decoder, keyedBy keys: Key.Type) throws {
        file = decoder.userInfo[.configurationFile] as? String ?? "config.json"
        values = try decoder.container(keyedBy: keys)
    }

    // MARK: One value

    /// The value of a key, nil when the key is absent.
    func value(_ key: Key) throws -> JSONValue? {
        guard values.contains(key) else { return nil }
        return try values.decode(JSONValue.self, forKey: key)
    }

    /// An integer within a range.
    func integer(_ key: Key, default standard: Int? = nil, in range: ClosedRange<Int>) throws -> Int {
        let value = try present(key, default: standard.map { .integer($0) }, allowed: sentence(range))
        return try integer(value, of: key, in: range)
    }

    /// An integer within a range, nil when the key is absent or null.
    func optionalInteger(_ key: Key, in range: ClosedRange<Int>) throws -> Int? {
        guard let value = try value(key), value != .null else { return nil }
        return try integer(value, of: key, in: range)
    }

    /// A number within a range.
    func float(_ key: Key, default standard: Float? = nil, in range: ClosedRange<Float>) throws -> Float {
        let allowed = "a number from \(range.lowerBound) to \(range.upperBound)"
        let number: Float
        switch try present(key, default: standard.map { .number(Double($0)) }, allowed: allowed) {
        case .integer(let integer): number = Float(integer)
        case .number(let value): number = Float(value)
        case let other: throw error(.wrongType, key, other, allowed)
        }
        guard range.contains(number) else { throw error(.outOfRange, key, .number(Double(number)), allowed) }
        return number
    }

    /// A number within a range, nil when the key is absent or null.
    func optionalFloat(_ key: Key, in range: ClosedRange<Float>) throws -> Float? {
        guard let value = try value(key), value != .null else { return nil }
        return try float(key, in: range)
    }

    /// A truth value.
    func bool(_ key: Key, default standard: Bool) throws -> Bool {
        switch try present(key, default: .bool(standard), allowed: "true or false") {
        case .bool(let bool): return bool
        case let other: throw error(.wrongType, key, other, "true or false")
        }
    }

    /// A text, nil when the key is absent or null.
    func optionalString(_ key: Key) throws -> String? {
        switch try value(key) {
        case nil, .null: return nil
        case .string(let string): return string
        case let other?: throw error(.wrongType, key, other, "a text")
        }
    }

    /// One of the names of an enumeration.
    func choice<Choice: RawRepresentable & CaseIterable>(
        _ key: Key, default standard: Choice
    ) throws -> Choice where Choice.RawValue == String {
        try choice(try present(key, default: .string(standard.rawValue), allowed: names(of: Choice.self)), of: key)
    }

    /// Refuses an explicit `null` where it would mean a part that this engine does not leave out.
    func refuseNull(_ keys: Key...) throws {
        for key in keys where try value(key) == .null { throw error(.wrongType, key, .null, "anything but null") }
    }

    // MARK: Lists

    /// A list of the names of an enumeration, between one and `limit` of them.
    func choices<Choice: RawRepresentable & CaseIterable>(
        _ key: Key, default standard: [Choice], limit: Int
    ) throws -> [Choice] where Choice.RawValue == String {
        let allowed = "a list of 1 to \(limit) of \(names(of: Choice.self))"
        let value = try present(key, default: .array(standard.map { .string($0.rawValue) }), allowed: allowed)
        guard case .array(let elements) = value else { throw error(.wrongType, key, value, allowed) }
        guard 1...limit ~= elements.count else { throw error(.outOfRange, key, value, allowed) }
        return try elements.map { try choice($0, of: key) }
    }

    /// A list of integers within a range, between one and `limit` of them.
    func integers(_ key: Key, default standard: [Int], in range: ClosedRange<Int>, limit: Int) throws -> [Int] {
        let allowed = "a list of 1 to \(limit) integers, each from \(range.lowerBound) to \(range.upperBound)"
        let value = try present(key, default: .array(standard.map { .integer($0) }), allowed: allowed)
        guard case .array(let elements) = value else { throw error(.wrongType, key, value, allowed) }
        guard 1...limit ~= elements.count else { throw error(.outOfRange, key, value, allowed) }
        return try elements.map { try integer($0, of: key, in: range) }
    }

    /// An integer for all blocks, or a list of one for each block.
    func integers(_ key: Key, default standard: Int, in range: ClosedRange<Int>, blocks: Int) throws -> [Int] {
        let allowed = "an integer from \(range.lowerBound) to \(range.upperBound), or a list of \(blocks) of them"
        switch try present(key, default: .integer(standard), allowed: allowed) {
        case .integer(let value):
            return Array(repeating: try integer(.integer(value), of: key, in: range), count: blocks)
        case .array(let elements):
            guard elements.count == blocks else { throw error(.inconsistent, key, .array(elements), allowed) }
            return try elements.map { try integer($0, of: key, in: range) }
        case let other: throw error(.wrongType, key, other, allowed)
        }
    }

    /// A list of up to `limit` texts, empty when the key is absent or null.
    func strings(_ key: Key, limit: Int) throws -> [String] {
        let allowed = "a list of up to \(limit) texts"
        guard let value = try value(key), value != .null else { return [] }
        guard case .array(let elements) = value else { throw error(.wrongType, key, value, allowed) }
        guard elements.count <= limit else { throw error(.outOfRange, key, value, allowed) }
        return try elements.map { element in
            guard case .string(let text) = element else { throw error(.wrongType, key, value, allowed) }
            return text
        }
    }

    /// Checks that a truth value, or each of a list of one for each block, is false.
    func requireFalse(_ key: Key) throws {
        switch try value(key) {
        case nil, .null, .bool(false): return
        case .array(let elements)? where elements.allSatisfy { $0 == .bool(false) }: return
        case let other?: throw error(.unsupported, key, other, "false")
        }
    }

    /// A side for both directions, or a list of height and width; nil when the key is absent or null.
    func optionalSize(_ key: Key, in range: ClosedRange<Int>) throws -> (height: Int, width: Int)? {
        switch try value(key) {
        case nil, .null: return nil
        case .array(let elements)? where elements.count == 2:
            return (try integer(elements[0], of: key, in: range), try integer(elements[1], of: key, in: range))
        case .integer(let side)?:
            let side = try integer(.integer(side), of: key, in: range)
            return (side, side)
        case let other?: throw error(.wrongType, key, other, "\(sentence(range)), or a list of two: height and width")
        }
    }

    // MARK: Options that this engine does not compute

    /// Checks that an option is one of the values that this engine computes; an absent key has the first of them.
    func require(_ key: Key, isOneOf allowed: JSONValue...) throws {
        guard let value = try value(key), value != .null, !allowed.contains(value) else { return }
        if case .integer(let integer) = value, allowed.contains(.number(Double(integer))) { return }
        if case .number(let number) = value, let integer = Int(exactly: number), allowed.contains(.integer(integer)) {
            return
        }
        throw error(.unsupported, key, value, allowed.map(\.description).joined(separator: " or "))
    }

    // MARK: Errors

    /// The error for a key of this file.
    func error(
        _ problem: ConfigurationError.Problem, _ key: Key, _ found: JSONValue?, _ allowed: String
    ) -> ConfigurationError {
        ConfigurationError(problem, file: file, key: key.stringValue, found: found?.description, allowed: allowed)
    }

    /// The error for a value that contradicts another one.
    func contradiction(_ key: Key, _ found: some CustomStringConvertible, _ allowed: String) -> ConfigurationError {
        ConfigurationError(
            .inconsistent, file: file, key: key.stringValue, found: found.description, allowed: allowed)
    }

    /// An integer element of a key's value.
    func integer(_ value: JSONValue, of key: Key, in range: ClosedRange<Int>) throws -> Int {
        guard case .integer(let integer) = value else { throw error(.wrongType, key, value, sentence(range)) }
        guard range.contains(integer) else { throw error(.outOfRange, key, value, sentence(range)) }
        return integer
    }

    private func choice<Choice: RawRepresentable & CaseIterable>(
        _ value: JSONValue, of key: Key
    ) throws -> Choice where Choice.RawValue == String {
        guard case .string(let name) = value else { throw error(.wrongType, key, value, names(of: Choice.self)) }
        guard let choice = Choice(rawValue: name) else {
            throw error(.unsupported, key, value, names(of: Choice.self))
        }
        return choice
    }

    private func present(_ key: Key, default standard: JSONValue?, allowed: String) throws -> JSONValue {
        let value = try value(key)
        guard let present = value == .null ? standard : value ?? standard else {
            throw error(.missingKey, key, value, allowed)
        }
        return present
    }

    private func names<Choice: RawRepresentable & CaseIterable>(
        of choice: Choice.Type
    ) -> String where Choice.RawValue == String {
        choice.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: " or ")
    }

    private func sentence(_ range: ClosedRange<Int>) -> String {
        "an integer from \(range.lowerBound) to \(range.upperBound)"
    }
}

extension CodingUserInfoKey {
    /// The path of the file that is being decoded, for its errors.
    static var configurationFile: CodingUserInfoKey {
        // The initialiser fails for no string; the fallback only spares a forced unwrap of it.
        CodingUserInfoKey(rawValue: "mystarion.configurationFile").unsafelyUnwrapped
    }
}
