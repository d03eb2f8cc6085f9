/// A request as the bytes that are sent.
struct HTTPMessage: Sendable {
    var method = "POST"
    var path: String
    var contentType = "application/json"
    var body: [UInt8] = []
    /// Further header fields, each a line.
    var fields: [String] = []

    /// A request that holds nothing of anybody's.
    static let health = HTTPMessage(method: "GET", path: "/healthz")

    /// The head and the body as HTTP/1.1 has them.
    ///
    /// - Parameters:
    ///   - missing: How many bytes of the body are announced and not sent.
    ///   - staysOpen: Whether another request may follow on the same connection.
    func bytes(to server: ServerLocation, missing: Int = 0, staysOpen: Bool = false) -> [UInt8] {
        var head = "\(method) \(path) HTTP/1.1\r\n"
        if !staysOpen { head += "Connection: close\r\n" }
        for (name, value) in fieldPairs(authority: server.authority) { head += "\(name): \(value)\r\n" }
        return Array((head + "\r\n").utf8) + body.dropLast(missing)
    }

    /// All header fields.
    ///
    /// - Parameter authority: The host that is asked unless the message names another.
    func fieldPairs(authority: String) -> [(name: String, value: String)] {
        var pairs = fields.compactMap { field in
            field.firstRange(of: ": ").map {
                (name: String(field[..<$0.lowerBound]), value: String(field[$0.upperBound...]))
            }
        }
        if !pairs.contains(where: { $0.name == "Host" }) { pairs.insert(("Host", authority), at: 0) }
        if method == "POST" {
            pairs += [("Content-Type", contentType), ("Content-Length", "\(body.count)")]
        }
        return pairs
    }
}

/// An answer, read to its end.
struct HTTPAnswer: Sendable {
    /// The status; 0 when no answer came.
    let status: Int
    /// The head and the body as they came, for searching.
    let bytes: [UInt8]
    /// The body without the marks of chunks.
    let body: [UInt8]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        let end = Array("\r\n\r\n".utf8)
        let headEnd = bytes.firstRange(of: end)?.lowerBound ?? bytes.count
        let head = String(decoding: bytes[..<headEnd], as: UTF8.self)
        status = head.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        let rest = bytes[min(bytes.count, headEnd + 4)...]
        body = head.lowercased().contains("transfer-encoding: chunked") ? Self.unchunked(rest) : Array(rest)
    }

    /// An answer whose parts HTTP/2 has told apart.
    init(status: Int, head: String, body: [UInt8]) {
        self.status = status
        self.body = body
        bytes = Array(head.utf8) + body
    }

    /// Sends a request on a connection of its own and reads the answer; status 0 when there is none.
    static func to(_ message: HTTPMessage, from server: ServerLocation) -> HTTPAnswer {
        guard let connection = try? server.connect() else { return HTTPAnswer([]) }
        connection.send(message.bytes(to: server))
        return HTTPAnswer(connection.receiveAll())
    }

    private static func unchunked(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var body: [UInt8] = []
        var rest = bytes
        while let end = rest.firstIndex(of: 13) {
            guard let count = Int(String(decoding: rest[rest.startIndex..<end], as: UTF8.self), radix: 16), count > 0,
                rest.endIndex - end >= count + 4
            else { break }
            body += rest[(end + 2)..<(end + 2 + count)]
            rest = rest[(end + 4 + count)...]
        }
        return body
    }
}
