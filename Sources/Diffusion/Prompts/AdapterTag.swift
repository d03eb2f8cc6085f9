/// The words in a prompt that switch an adapter on: `<lora:name:1>`, `<lyco:name:1>`, `<hypernet:name:1>`.
///
/// Other words in angle brackets are text.
/// Reference: stable-diffusion-webui, `modules/extra_networks.py`, `re_extra_net`.
enum AdapterTag {
    private static let kinds = ["lora", "lyco", "locon", "hypernet"].map { Array($0.unicodeScalars) }

    /// Whether a prompt has one, in letters of either case.
    static func stands(in scalars: [Unicode.Scalar]) -> Bool {
        guard let last = scalars.lastIndex(of: ">") else { return false }
        return scalars[..<last].indices.contains { start in
            scalars[start] == "<" && kinds.contains { isTag($0, at: start + 1, in: scalars[..<last]) }
        }
    }

    /// Whether a kind, a colon and the beginning of a name stand at a place.
    private static func isTag(_ kind: [Unicode.Scalar], at start: Int, in scalars: ArraySlice<Unicode.Scalar>) -> Bool {
        let colon = start + kind.count
        guard colon + 1 < scalars.endIndex, scalars[colon] == ":", scalars[colon + 1] != ">" else { return false }
        return zip(scalars[start..<colon], kind).allSatisfy { $0.properties.lowercaseMapping == String($1) }
    }
}
