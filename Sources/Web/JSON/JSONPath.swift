/// Where a value stands in a JSON document: names in objects and indices in arrays, from the outside in.
///
/// `"prompt"` is a member of the document itself, `["images", 0, "image_url"]` one further inside.
struct JSONPath: Sendable, Equatable {
    /// One step into a value.
    enum Component: Sendable, Equatable {
        case name(String)
        case index(Int)
    }

    var components: [Component]
}

extension JSONPath: ExpressibleByStringLiteral {
    init(stringLiteral name: String) { components = [.name(name)] }
}

extension JSONPath: ExpressibleByArrayLiteral {
    init(arrayLiteral components: Component...) { self.components = components }
}

extension JSONPath.Component: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
    init(stringLiteral name: String) { self = .name(name) }
    init(integerLiteral index: Int) { self = .index(index) }
}

extension JSONPath: CustomStringConvertible {
    /// The path as errors name it, such as `images[0].image_url`.
    var description: String {
        var text = ""
        for component in components {
            switch component {
            case .name(let name): text += text.isEmpty ? name : ".\(name)"
            case .index(let index): text += "[\(index)]"
            }
        }
        return text
    }
}
