internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

extension WebError {
    /// The answer in the shape that the address's clients expect.
    func response(for dialect: Dialect) -> Response {
        var headers = headers
        let body: ByteBuffer
        switch dialect {
        case .openAI:
            headers[.contentType] = "application/json; charset=utf-8"
            body = openAIBody
        case .problem:
            headers[.contentType] = "application/problem+json"
            body = problemBody
        case .jsonRPC:
            headers[.contentType] = "application/json"
            body = MCPAnswer.error(MCPError(status.code < 500 ? .invalidRequest : .failed, message), to: nil)
        case .a1111: return a1111Response
        }
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: body))
    }

    /// `{"error":{"message","type","param","code"}}`, always with all four, and `retry_after` where there is a time.
    var openAIBody: ByteBuffer {
        var body = ByteBuffer()
        body.writeStaticString(#"{"error":{"message":"#)
        body.writeJSONString(message)
        body.writeStaticString(#","type":"#)
        body.writeJSONString(status.code < 500 ? "invalid_request_error" : "server_error")
        body.writeStaticString(#","param":"#)
        if let parameter { body.writeJSONString(parameter) } else { body.writeStaticString("null") }
        body.writeStaticString(#","code":"#)
        body.writeJSONString(code.rawValue)
        if let retryAfter { body.writeString(#","retry_after":\#(retryAfter)"#) }
        body.writeStaticString("}}")
        return body
    }

    /// After how many seconds it is worth to try again.
    private var retryAfter: Int? { headers[.retryAfter].flatMap { Int($0) } }

    /// Problem details (RFC 9457), with the code, the parameter and the seconds to wait as extensions.
    var problemBody: ByteBuffer {
        var body = ByteBuffer()
        body.writeStaticString(#"{"type":"#)
        body.writeJSONString(code.problemType)
        body.writeStaticString(#","title":"#)
        body.writeJSONString(code.title)
        body.writeString(#","status":\#(status.code),"detail":"#)
        body.writeJSONString(message)
        body.writeStaticString(#","code":"#)
        body.writeJSONString(code.rawValue)
        if let parameter {
            body.writeStaticString(#","parameter":"#)
            body.writeJSONString(parameter)
        }
        if let retryAfter { body.writeString(#","retry_after":\#(retryAfter)"#) }
        body.writeStaticString("}")
        return body
    }
}

extension WebError.Code {
    /// The kind of mistake as an address (RFC 9457), relative to the server's.
    fileprivate var problemType: String { "/problems/\(rawValue.replacing("_", with: "-"))" }

    /// The kind of mistake in words.
    fileprivate var title: String {
        let words = rawValue.replacing("_", with: " ")
        return words.prefix(1).uppercased() + words.dropFirst()
    }
}
