internal import HTTPTypes

extension HTTPFields {
    /// Says that the answer depends on one more of the request's fields (RFC 9110, 12.5.5).
    mutating func vary(on name: String) {
        guard let present = self[.vary] else { return self[.vary] = name }
        let names = present.split(separator: ",").map { $0.drop { $0 == " " } }
        if !names.contains(where: { $0.lowercased() == name.lowercased() }) { self[.vary] = "\(present), \(name)" }
    }
}
