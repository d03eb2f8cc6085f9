import Foundation
import HTTPTypes
import Testing

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// A client of the server under test; every request has a connection of its own.
struct TestClient: Sendable {
    let port: Int

    func get(_ uri: String, headers: HTTPFields = [:]) async throws -> Answer {
        try await send(uri, method: .get, headers: headers)
    }

    func post(
        _ uri: String, _ body: String, type: String = "application/json", headers: HTTPFields = [:]
    ) async throws -> Answer {
        try await post(uri, bytes: Array(body.utf8), type: type, headers: headers)
    }

    func post(
        _ uri: String, bytes: [UInt8], type: String = "application/json", headers: HTTPFields = [:]
    ) async throws -> Answer {
        var headers = headers
        headers[.contentType] = type
        return try await send(uri, method: .post, headers: headers, body: bytes)
    }

    func generate(_ body: String) async throws -> Answer {
        try await post("/v1/images/generations", body)
    }

    func send(
        _ uri: String, method: HTTPRequest.Method, headers: HTTPFields = [:], body: [UInt8]? = nil
    ) async throws -> Answer {
        var request = URLRequest(url: try #require(URL(string: "http://localhost:\(port)\(uri)")))
        request.httpMethod = method.rawValue
        request.httpBody = body.map { Data($0) }
        for field in headers { request.setValue(field.value, forHTTPHeaderField: field.name.rawName) }
        let session = URLSession(configuration: .ephemeral)
        defer { session.invalidateAndCancel() }
        let (data, response) = try await session.data(for: request)
        return Answer(try #require(response as? HTTPURLResponse), body: data)
    }

    /// Expects an answer of a status.
    func expect(
        _ status: Int, location: SourceLocation = #_sourceLocation, _ request: (TestClient) async throws -> Answer
    ) async throws {
        let answer = try await request(self)
        #expect(answer.status == status, sourceLocation: location)
    }

    /// Posts, shows the answer as it comes, and returns all of it.
    func watch(_ uri: String, _ body: String, onText: @escaping @Sendable (String) -> Void) async throws -> String {
        var request = URLRequest(url: try #require(URL(string: "http://localhost:\(port)\(uri)")))
        request.httpMethod = "POST"
        request.httpBody = Data(body.utf8)
        request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        let (texts, reader) = AsyncThrowingStream.makeStream(of: String.self)
        let session = URLSession(configuration: .ephemeral, delegate: Watcher(reader), delegateQueue: nil)
        defer { session.invalidateAndCancel() }
        session.dataTask(with: request).resume()
        var all = ""
        for try await text in texts {
            all += text
            onText(all)
        }
        return all
    }
}

/// Passes an answer on piece by piece.
private final class Watcher: NSObject, URLSessionDataDelegate, Sendable {
    private let reader: AsyncThrowingStream<String, any Error>.Continuation

    init(_ reader: AsyncThrowingStream<String, any Error>.Continuation) { self.reader = reader }

    func urlSession(_: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
        reader.yield(String(decoding: data, as: UTF8.self))
    }

    func urlSession(_: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
        reader.finish(throwing: error)
    }
}
