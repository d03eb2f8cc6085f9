internal import Diffusion
internal import Studio

/// What the model and the limits offer, in one language, as HTML by the template's names.
struct PageChoices {
    let studio: Studio
    let language: PageLanguage

    /// A value for every name of the template that does not depend on a request.
    var values: [String: String] {
        let words = language.words.mapValues(escapedHTML)
        var values: [String: String] = [:]
        for (key, word) in words { values["t.\(key)"] = word }

        let model = studio.model
        let limits = studio.configuration.limits
        values["language"] = language.tag
        values["direction"] = language.direction
        values["modelIdentifier"] = escapedHTML(model.identifier)
        values["modelName"] = escapedHTML(model.name)
        values["promptLimit"] = "\(limits.maximumPromptLength)"
        values["steps"] = "\(model.defaultSteps)"
        values["maximumSteps"] = "\(limits.steps.upperBound)"
        values["guidance"] = "\(model.defaultGuidanceScale)"
        values["guidanceHidden"] = model.takesGuidance ? "" : " hidden"
        values["cutoutHidden"] = model.hasPlainGround ? "" : " hidden"
        values["suggestions"] = model.suggestedPrompts.prefix(6).map {
            #"<button type="button">\#(escapedHTML($0))</button>"#
        }.joined()
        values["sizes"] = sizes(model, limits, words)
        values["counts"] = [1, 2, 4, 8].filter(limits.counts.contains).map { count in
            choice("n", "\(count)", isChosen: count == 1, "\(count)")
        }.joined()
        values["qualities"] = QualityChoice.all(for: model, limits: limits).map { quality in
            let key = "quality.\(quality.rawValue)"
            return choice(
                "quality", "\(quality.steps(for: model, limits: limits))", isChosen: quality == .standard,
                #"<span data-t="\#(key)">\#(words[key] ?? "")</span>"#)
        }.joined()
        values["samplers"] = samplers(model)
        return values
    }

    /// The samplers in groups, in the order in which each group comes first.
    private func samplers(_ model: ModelCard) -> String {
        var groups: [(family: String, options: [String])] = []
        for name in model.samplers {
            let sampler = Sampler(rawValue: name)
            let family = sampler?.family ?? ""
            let option =
                #"<option value="\#(escapedHTML(name))">\#(escapedHTML(sampler?.displayName ?? name))</option>"#
            if let place = groups.firstIndex(where: { $0.family == family }) {
                groups[place].options.append(option)
            } else {
                groups.append((family, [option]))
            }
        }
        return groups.map { group in
            #"<optgroup label="\#(escapedHTML(group.family))">\#(group.options.joined())</optgroup>"#
        }.joined()
    }

    private func sizes(_ model: ModelCard, _ limits: RequestLimits, _ words: [String: String]) -> String {
        SizeChoice.all(for: model, limits: limits).enumerated().map { index, size in
            let key = "shape.\(size.name.lowercased())"
            // An outline of the same proportions, 28 units long.
            let scale = 28 / Double(max(size.width, size.height))
            let (width, height) = (Double(size.width) * scale, Double(size.height) * scale)
            let outline = """
                <svg viewBox="0 0 32 32" aria-hidden="true"><rect x="\(16 - width / 2)" y="\(16 - height / 2)" \
                width="\(width)" height="\(height)" rx="3"/></svg>
                """
            return choice(
                "size", "\(size.width)x\(size.height)", isChosen: index == 0,
                #"\#(outline)<span data-t="\#(key)">\#(words[key] ?? "")</span>"#
                    + "<small>\(size.width) × \(size.height)</small>")
        }.joined()
    }

    /// One of several, as a button that can be pressed in.
    private func choice(_ name: String, _ value: String, isChosen: Bool, _ content: String) -> String {
        let checked = isChosen ? " checked" : ""
        let input = #"<input type="radio" name="\#(name)" value="\#(value)"\#(checked)>"#
        return "<label>\(input)<span>\(content)</span></label>"
    }
}
