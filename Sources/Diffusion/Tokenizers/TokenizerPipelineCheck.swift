/// Compares the components of a `tokenizer.json` with those that a tokenizer computes, and names the first other one.
///
/// Better to refuse a file than to give the text encoder tokens it was not trained on.
struct TokenizerPipelineCheck {
    let file: String

    /// Checks a component's type.
    func type(of json: TokenizerJSON?, _ component: String, is name: String) throws(TokenizerError) {
        // Old files leave the type of the model away.
        if component == "model", json?.members != nil, json?["type"] == nil { return }
        try value(json?["type"], component, is: [name])
    }

    /// Checks a setting; a missing one counts as null.
    func value(_ json: TokenizerJSON?, _ component: String, is allowed: [String]) throws(TokenizerError) {
        let found = (json ?? .null).summary
        guard allowed.contains(found) else {
            throw .unsupported(
                file: file, component: component, found: found, supported: allowed.joined(separator: ", "))
        }
    }

    /// Checks the types of a sequence of components, and gives the components.
    func sequence(
        _ json: TokenizerJSON?, of key: String, _ component: String, are names: [String]
    ) throws(TokenizerError) -> [TokenizerJSON] {
        try type(of: json, component, is: "Sequence")
        let components = json?[key]?.elements ?? []
        for (index, name) in names.enumerated() {
            try value(index < components.count ? components[index]["type"] : nil, component, is: [name])
        }
        if components.count > names.count {
            throw .unsupported(
                file: file, component: component, found: components[names.count].summary,
                supported: names.joined(separator: ", "))
        }
        return components
    }

    /// Checks that a post-processor does no more than put tokens before and after a text.
    ///
    /// Which tokens these are, transformers takes from the special tokens, not from here.
    func ends(_ json: TokenizerJSON?) throws(TokenizerError) {
        try value(
            json.map { $0.isNull ? .null : $0["type"] ?? .null }, "post-processor",
            is: ["null", "BertProcessing", "RobertaProcessing", "TemplateProcessing"])
    }
}
