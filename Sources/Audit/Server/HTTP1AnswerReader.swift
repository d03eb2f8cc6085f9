/// Tells where an answer in HTTP/1.1 ends whose connection stays open (RFC 9112, 6.3).
struct HTTP1AnswerReader {
    private enum Body {
        /// It ends at a number of bytes from the answer's beginning.
        case ends(at: Int)
        /// Its next chunk begins at a number of bytes from the answer's beginning.
        case chunks(next: Int)
        /// It ends with the connection.
        case untilClosed
    }

    /// All that has come.
    private(set) var bytes: [UInt8] = []
    /// Whether the answer is all there.
    private(set) var isComplete = false
    /// Whether the server has said that it will take no more requests.
    private(set) var endsConnection = false

    private let hasBody: Bool
    private var body: Body?

    /// Reads the answer to a request.
    init(method: String) { hasBody = method != "HEAD" }

    /// Takes in the next bytes.
    mutating func take(_ piece: [UInt8]) {
        bytes += piece
        if body == nil { readHead() }
        switch body {
        case .ends(let end): isComplete = bytes.count >= end
        case .chunks(let next): skipChunks(from: next)
        case .untilClosed, nil: break
        }
    }

    private mutating func readHead() {
        guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8))?.upperBound else { return }
        let lines = String(decoding: bytes[..<end], as: UTF8.self).lowercased().split(separator: "\r\n")
        func value(_ name: String) -> String? {
            lines.first { $0.hasPrefix(name + ":") }.map { $0.dropFirst(name.count + 1).filter { $0 != " " } }
        }
        endsConnection = value("connection") == "close"
        let status = lines.first?.split(separator: " ").dropFirst().first.map(String.init) ?? ""
        if !hasBody || status == "204" || status == "304" {
            body = .ends(at: end)
        } else if value("transfer-encoding") == "chunked" {
            body = .chunks(next: end)
        } else if let length = value("content-length").flatMap({ Int($0) }), length >= 0 {
            body = .ends(at: end.addingReportingOverflow(length).partialValue)
        } else {
            body = .untilClosed
        }
    }

    private mutating func skipChunks(from start: Int) {
        var next = start
        while let end = bytes[min(next, bytes.count)...].firstIndex(of: 10) {
            let size = String(decoding: bytes[next..<end], as: UTF8.self).filter(\.isHexDigit)
            guard let count = Int(size, radix: 16), count < 1 << 30 else {
                body = .untilClosed
                return
            }
            if count == 0 {
                // No answer has trailers, so an empty line follows.
                isComplete = bytes.count >= end + 3
                break
            }
            next = end + 1 + count + 2
        }
        body = .chunks(next: next)
    }
}
