/// Where a page comes from: scheme, name and port, as browsers write it.
public enum WebOrigin {
    /// Whether a text is an origin that a browser would write: small letters, no path, no port that the scheme implies.
    public static func isValid(_ text: String) -> Bool {
        guard let scheme = ["https://", "http://"].first(where: text.hasPrefix) else { return false }
        let authority = text.dropFirst(scheme.count)
        guard let colon = authority.lastIndex(of: ":"), !authority.hasSuffix("]") else {
            return HostName.isValid(String(authority))
        }
        let port = String(authority[authority.index(after: colon)...])
        guard let number = UInt16(port), "\(number)" == port, number != (scheme == "https://" ? 443 : 80) else {
            return false
        }
        return HostName.isValid(String(authority[..<colon]))
    }
}
