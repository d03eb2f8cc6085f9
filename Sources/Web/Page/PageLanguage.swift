/// A language that the page speaks.
enum PageLanguage: String, CaseIterable {
    case english = "en"
    case german = "de"
    case french = "fr"
    case spanish = "es"
    case portuguese = "pt"
    case japanese = "ja"
    case chinese = "zh"
    case arabic = "ar"

    /// The words as the browser loads them: a JSON object of texts.
    var file: [UInt8] {
        switch self {
        case .english: PackageResources.en_json
        case .german: PackageResources.de_json
        case .french: PackageResources.fr_json
        case .spanish: PackageResources.es_json
        case .portuguese: PackageResources.pt_json
        case .japanese: PackageResources.ja_json
        case .chinese: PackageResources.zh_json
        case .arabic: PackageResources.ar_json
        }
    }

    /// Which way it is written, as HTML's `dir` says it.
    var direction: String { self == .arabic ? "rtl" : "ltr" }

    /// The language's own tag; there is more than one way to write Chinese.
    var tag: String { self == .chinese ? "zh-Hans" : rawValue }

    /// The words by their keys.
    var words: [String: String] {
        let bytes = file
        guard case .object(let members)? = try? JSONParser.parse(bytes.span) else { return [:] }
        var words: [String: String] = [:]
        for member in members {
            if case .string(let text) = member.value { words[member.name] = try? text.text(in: bytes.span) }
        }
        return words
    }

    /// What suits a browser best by its `Accept-Language` (RFC 9110, 12.5.4); English when nothing does.
    init(accepting field: String?) {
        var best: (language: PageLanguage, quality: Double) = (.english, 0)
        for choice in (field ?? "").prefix(512).split(separator: ",") {
            let parts = choice.split(separator: ";").map { $0.filter { $0 != " " } }
            let primary = parts.first?.split(separator: "-").first?.lowercased() ?? ""
            guard let language = PageLanguage(rawValue: primary) else { continue }
            let weight = parts.dropFirst().first { $0.hasPrefix("q=") }?.dropFirst(2)
            let quality = weight.map { Double($0) ?? 0 } ?? 1
            if quality > best.quality { best = (language, quality) }
        }
        self = best.language
    }
}
