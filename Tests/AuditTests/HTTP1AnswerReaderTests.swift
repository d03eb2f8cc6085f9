import Testing

@testable import Audit

@Suite("An answer on a connection that stays open")
struct HTTP1AnswerReaderTests {
    private static let answers = [
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcde",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0a\r\n0123456789\r\n0\r\n\r\n",
        "HTTP/1.1 204 No Content\r\nDate: now\r\n\r\n",
        "HTTP/1.1 413 Content Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
    ]

    @Test("ends where its length, its chunks or its status say, however it is cut", arguments: answers)
    func end(_ text: String) {
        let bytes = Array(text.utf8)
        for cut in 0..<bytes.count {
            var reader = HTTP1AnswerReader(method: "GET")
            reader.take(Array(bytes[..<cut]))
            #expect(!reader.isComplete)
            reader.take(Array(bytes[cut...]))
            #expect(reader.isComplete)
            #expect(reader.endsConnection == text.contains("close"))
        }
    }

    @Test("has no body when only its head was asked for")
    func head() {
        var reader = HTTP1AnswerReader(method: "HEAD")
        reader.take(Array("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n".utf8))
        #expect(reader.isComplete)
    }

    @Test("ends with the connection when it does not say where, or says nonsense")
    func unknown() {
        for fields in ["", "Content-Length: -3\r\n", "Transfer-Encoding: chunked\r\n\r\nno number\r\n"] {
            var reader = HTTP1AnswerReader(method: "GET")
            reader.take(Array("HTTP/1.1 200 OK\r\n\(fields)\r\nabc".utf8))
            #expect(!reader.isComplete)
        }
    }
}
