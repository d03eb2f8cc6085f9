import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import Studio
import Testing
import Web

/// Runs `test` against a real server on a free port of this machine.
func withServer<Result: Sendable>(
    _ engine: FakeEngine = FakeEngine(), log: CapturedLog = CapturedLog(),
    _ test: @escaping @Sendable (any TestClientProtocol) async throws -> Result
) async throws -> Result {
    let studio = Studio(engine: engine)
    let server = WebApplication.make(studio: studio, configuration: WebConfiguration(), logger: log.logger)
    let result = try await server.test(.ahc(.http), test)
    await studio.shutdown()
    return result
}

/// An answer whose body was read.
struct Answer: Sendable {
    let status: Int
    let headers: HTTPFields
    let text: String

    /// The body as a JSON object.
    func json() throws -> [String: Any] {
        let object = try JSONSerialization.jsonObject(with: Data(text.utf8))
        return try #require(object as? [String: Any])
    }

    /// The body's `error` object.
    func error() throws -> [String: Any] {
        try #require(try json()["error"] as? [String: Any])
    }
}

extension TestClientProtocol {
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
        return try await send(uri, method: .post, headers: headers, body: ByteBuffer(bytes: bytes))
    }

    func generate(_ body: String) async throws -> Answer {
        try await post("/v1/images/generations", body)
    }

    func send(
        _ uri: String, method: HTTPRequest.Method, headers: HTTPFields = [:], body: ByteBuffer? = nil
    ) async throws -> Answer {
        let response = try await executeRequest(uri: uri, method: method, headers: headers, body: body)
        return Answer(
            status: response.status.code, headers: response.headers, text: String(buffer: response.body))
    }
}
