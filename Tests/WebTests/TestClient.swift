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
}
