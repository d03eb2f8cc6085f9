/// The shape of errors, by address: programs get what their libraries know.
enum Dialect {
    /// OpenAI's error object.
    case openAI
    /// Problem details (RFC 9457).
    case problem
    /// The error object of A1111's API.
    case a1111
    /// The error of JSON-RPC.
    case jsonRPC

    init(path: String) {
        self = path == "/v1" || path.hasPrefix("/v1/") ? .openAI : .problem
        if path == "/mcp" { self = .jsonRPC }
        if path == "/sdapi" || path.hasPrefix("/sdapi/") { self = .a1111 }
    }
}
