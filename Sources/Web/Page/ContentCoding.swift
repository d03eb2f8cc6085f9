/// What a client says of the codings in which it takes an answer (RFC 9110, 12.5.3).
package enum ContentCoding {
    /// Whether the fields' values name gzip, or any coding, with a weight that is not zero.
    package static func acceptsGzip(_ values: [String]) -> Bool {
        var any: Bool?
        for element in values.joined(separator: ",").prefix(1_024).lowercased().split(separator: ",") {
            let parts = element.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" } }
            guard let name = parts.first else { continue }
            let weight = parts.dropFirst().first { $0.hasPrefix("q=") }.map { Double($0.dropFirst(2)) ?? 0 }
            let isWanted = weight.map { $0 > 0 } ?? true
            if name == "gzip" || name == "x-gzip" { return isWanted }
            if name == "*" { any = isWanted }
        }
        return any ?? false
    }
}
