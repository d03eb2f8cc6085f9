/// The shape of errors, by address: programs get what their libraries know.
enum Dialect {
    /// OpenAI's error object.
    case openAI
    /// Problem details (RFC 9457).
    case problem

    init(path: String) {
        self = path == "/v1" || path.hasPrefix("/v1/") ? .openAI : .problem
    }
}
