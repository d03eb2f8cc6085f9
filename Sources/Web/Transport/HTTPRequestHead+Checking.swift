internal import NIOHTTP1

extension HTTPRequestHead {
    /// The same head with its target in origin form; throws when another server could read the request differently.
    ///
    /// What is refused: several hosts or none, a host that is no authority, a target that names another host than the
    /// `Host` field, codings of the body besides `chunked`, and methods that turn the connection into a tunnel.
    func checked() throws(HTTPParserError) -> HTTPRequestHead {
        guard method != .CONNECT else { throw .invalidMethod }
        let codings = headers["Transfer-Encoding"]
        guard codings.isEmpty || codings.count == 1 && codings[0].lowercased() == "chunked" && version != .http1_0
        else {
            throw .unknown
        }
        let hosts = headers["Host"]
        guard hosts.count == 1 || hosts.isEmpty && version == .http1_0 else { throw .invalidHeaderToken }
        let authority = hosts.first.flatMap { Authority($0) }
        guard hosts.isEmpty || authority != nil else { throw .invalidHeaderToken }

        var head = self
        guard uri.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != 0x23 }) else { throw .invalidURL }
        if uri.hasPrefix("/") || uri == "*" && method == .OPTIONS { return head }
        // The absolute form, which is meant for proxies but which every server has to understand.
        let lower = uri.lowercased()
        let schemes: [(name: String, port: UInt16)] = [("http://", 80), ("https://", 443)]
        guard let scheme = schemes.first(where: { lower.hasPrefix($0.name) }) else { throw .invalidURL }
        let rest = uri.utf8.dropFirst(scheme.name.utf8.count)
        let end = rest.firstIndex { $0 == 0x2F || $0 == 0x3F } ?? rest.endIndex
        guard let named = Authority(Substring(rest[..<end])),
            authority.map({ $0.isSame(as: named, defaultPort: scheme.port) }) ?? true
        else { throw .invalidHeaderToken }
        let path = Substring(rest[end...])
        head.uri = path.hasPrefix("/") ? String(path) : "/\(path)"
        if hosts.isEmpty { head.headers.add(name: "Host", value: String(Substring(rest[..<end]))) }
        return head
    }

    /// Whether the connection ends with the response, as far as the client has a say in it.
    ///
    /// That of HTTP/1.0 always does, and so does one whose client would go on in another protocol: no byte behind such
    /// a request is read.
    var endsConnection: Bool {
        let tokens = headers.connectionTokens
        return version == .http1_0 || tokens.contains("close")
            || tokens.contains("upgrade") && headers.contains(name: "Upgrade")
    }
}

extension HTTPHeaders {
    /// The connection's options in small letters.
    var connectionTokens: Set<String> { Set(self[canonicalForm: "Connection"].map { $0.lowercased() }) }
}
