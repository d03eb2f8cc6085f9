internal import Privacy

/// The web UI's extensions, which are not there: what clients send to switch them off is as good as nothing.
extension JSONDocument {
    /// Scripts of the web UI that only its page listens to.
    private static let pageScripts: Set = ["sampler", "seed", "refiner", "extra options", "comments"]

    /// What extensions call the switch that they are turned on with.
    private static let switches: Set = [
        "enabled", "enable", "is_enabled", "active", "ad_tab_enable", "soft inpainting",
    ]

    /// What extensions choose with, where nothing chosen is off.
    private static let choices: Set = ["ad_model"]

    /// Refuses `alwayson_scripts` with a script that is switched on.
    func refuseScripts() throws(WebError) {
        guard let scripts = value("alwayson_scripts") else { return }
        guard case .object(let members) = scripts else { throw .wrongType("alwayson_scripts", "an object") }
        for script in members where !Self.pageScripts.contains(script.name.lowercased()) {
            guard try isOff(script.value, depth: 0) else {
                throw .notOffered(
                    "alwayson_scripts",
                    "There are no extensions; leave out those that are switched on, or send their 'enabled' as false.")
            }
        }
    }

    /// Whether a script's arguments leave it switched off.
    ///
    /// Arguments are a list or an object. In a list, a switch in front says it, as for ADetailer and many others, or
    /// behind a picture, as for ReActor; else all objects in it must be off, as for ControlNet's units. An object is off
    /// by its switch, by choosing no model, or with all arguments in it.
    private func isOff(_ value: JSONValue, depth: Int) throws(WebError) -> Bool {
        guard depth < 8 else { return false }
        switch value {
        case .null: return true
        case .boolean(let boolean): return !boolean
        case .string, .number: return false
        case .array(let elements):
            for element in elements.prefix(2) {
                if case .boolean(true) = element { break }
                if isOffInWords(element) { return true }
            }
            let objects = elements.filter { if case .object = $0 { true } else { false } }
            guard !objects.isEmpty else { return elements.allSatisfy { Self.isUnset($0) } }
            for object in objects where try !isOff(object, depth: depth + 1) { return false }
            return true
        case .object(let members):
            if members.isEmpty { return true }
            for member in members where Self.switches.contains(member.name.lowercased()) {
                if isFalse(member.value) { return true }
            }
            for member in members where Self.choices.contains(member.name.lowercased()) {
                if isNone(member.value) { return true }
            }
            // `{"args": …}`, and `{"units": …}` in that.
            let lists = members.filter { ["args", "units"].contains($0.name.lowercased()) }
            guard !lists.isEmpty else { return false }
            for list in lists where try !isOff(list.value, depth: depth + 1) { return false }
            return true
        }
    }

    private func isFalse(_ value: JSONValue) -> Bool {
        switch value {
        case .null: true
        case .boolean(let boolean): !boolean
        case .number, .string: ["0", "0.0", "false", "off", "no"].contains(word(of: value)?.lowercased())
        case .array, .object: false
        }
    }

    /// Whether it is false, in JSON or in words; numbers may be anything.
    private func isOffInWords(_ value: JSONValue) -> Bool {
        switch value {
        case .boolean, .string: isFalse(value)
        default: false
        }
    }

    private static func isUnset(_ value: JSONValue) -> Bool {
        switch value {
        case .null, .boolean(false): true
        default: false
        }
    }

    private func isNone(_ value: JSONValue) -> Bool {
        switch value {
        case .null: true
        case .string: ["", "none"].contains(word(of: value)?.lowercased())
        default: false
        }
    }

    /// A short text or a number's digits; nil for anything else.
    private func word(of value: JSONValue) -> String? {
        switch value {
        case .number(let range) where range.count <= 8:
            bytes.withBytes { span in String(decoding: range.map { span[$0] }, as: UTF8.self) }
        case .string(let string) where string.decodedCount <= 8:
            bytes.withBytes { span in try? string.text(in: span) }
        default: nil
        }
    }
}
