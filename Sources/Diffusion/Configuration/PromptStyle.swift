/// A way to put a prompt that a model knows, such as `{prompt} icon`.
public struct PromptStyle: Sendable, Equatable {
    /// What people choose it by.
    public let name: String
    /// The prompt that is sent, in which `{prompt}` stands for what somebody typed.
    public let prompt: String
    /// What such a picture should not show; empty for nothing.
    public let negativePrompt: String

    static let maximumCount = 24
    static let maximumName = 40
    static let maximumText = 500

    /// Describes a style.
    public init(name: String, prompt: String, negativePrompt: String = "") {
        self.name = name
        self.prompt = prompt
        self.negativePrompt = negativePrompt
    }

    /// Reads an object with `name`, `prompt` and perhaps `negative`; nil when something is wrong with it.
    init?(_ value: JSONValue) {
        guard case .object(let members) = value, Set(members.keys).isSubset(of: ["name", "prompt", "negative"]),
            case .string(let name) = members["name"], 1...Self.maximumName ~= name.count,
            case .string(let prompt) = members["prompt"], prompt.count <= Self.maximumText,
            prompt.ranges(of: "{prompt}").count == 1
        else { return nil }
        switch members["negative"] {
        case nil, .null: self.init(name: name, prompt: prompt)
        case .string(let negative) where negative.count <= Self.maximumText:
            self.init(name: name, prompt: prompt, negativePrompt: negative)
        default: return nil
        }
    }
}
