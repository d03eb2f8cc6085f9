/// The class of a status code, as metrics count it.
enum StatusClass: Int, CaseIterable, Sendable {
    case informational = 1
    case successful, redirection, clientError, serverError

    /// The class that a code is in; a code beyond all classes is the server's mistake.
    init(code: Int) { self = StatusClass(rawValue: code / 100) ?? .serverError }
}
