internal import HTTPTypes
internal import Studio

/// Why a request got no answer of the kind it asked for. No text of the request is in it.
struct WebError: Error {
    /// The kind of mistake, for programs; stable.
    enum Code: String {
        case invalidHTTP = "invalid_http"
        case slowBody = "request_timeout"
        case invalidJSON = "invalid_json"
        case invalidForm = "invalid_form"
        case invalidType = "invalid_type"
        case invalidValue = "invalid_value"
        case missingParameter = "missing_required_parameter"
        case unknownParameter = "unknown_parameter"
        case unsupported = "unsupported_value"
        case modelNotFound = "model_not_found"
        case unknownURL = "unknown_url"
        case methodNotAllowed = "method_not_allowed"
        case bodyTooLarge = "body_too_large"
        case unsupportedMediaType = "unsupported_media_type"
        case wrongHost = "wrong_host"
        case crossSite = "cross_site_request"
        case rateLimited = "rate_limit_exceeded"
        case queueFull = "queue_full"
        case shuttingDown = "shutting_down"
        case tooLarge = "too_large"
        case refused = "content_policy_violation"
        case timedOut = "timed_out"
        case cancelled = "cancelled"
        case failed = "server_error"
    }

    var status: HTTPResponse.Status
    var code: Code
    /// What was wrong and what is allowed, in sentences.
    var message: String
    /// The part of the request that is wrong, under the name that the interface has for it.
    var parameter: String?
    /// Fields that the answer needs.
    var headers: HTTPFields

    init(
        _ status: HTTPResponse.Status, _ code: Code, _ message: String, parameter: String? = nil,
        headers: HTTPFields = [:]
    ) {
        self.status = status
        self.code = code
        self.message = message
        self.parameter = parameter
        self.headers = headers
    }

    /// The request itself is wrong.
    static func badRequest(_ code: Code, _ message: String, parameter: String? = nil) -> WebError {
        WebError(.badRequest, code, message, parameter: parameter)
    }

    /// Another model was asked for than the one there is.
    static func modelNotFound(_ present: String) -> WebError {
        WebError(.notFound, .modelNotFound, "The model does not exist. This server has \(present).", parameter: "model")
    }

    /// A name in the body means nothing. It is repeated to whoever sent it only if it is one that programs give.
    static func unknownParameter(_ name: String, known names: Set<String>) -> WebError {
        let isWord =
            (1...64).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
                    true
                case UInt8(ascii: "["), UInt8(ascii: "]"): true
                default: false
                }
            }
        return badRequest(
            .unknownParameter,
            "The body has a parameter that is not known. Known are: \(names.sorted().joined(separator: ", ")).",
            parameter: isWord ? name : nil)
    }

    static func wrongType(_ parameter: String, _ expected: String) -> WebError {
        WebError(.badRequest, .invalidType, "'\(parameter)' must be \(expected).", parameter: parameter)
    }

    static func methodNotAllowed(_ allowed: [HTTPRequest.Method]) -> WebError {
        let list = allowed.map(\.rawValue).sorted().joined(separator: ", ")
        return WebError(
            .methodNotAllowed, .methodNotAllowed, "This address does not know that method; it allows \(list).",
            headers: [.allow: list])
    }

    static var unknownURL: WebError {
        WebError(.notFound, .unknownURL, "There is nothing at this address.")
    }

    static func bodyTooLarge(maximum: Int) -> WebError {
        WebError(
            .contentTooLarge, .bodyTooLarge, "The body is too large; at most \(maximum) bytes are allowed.",
            headers: [.connection: "close"])
    }

    /// The body does not come.
    static var slowBody: WebError {
        WebError(
            .requestTimeout, .slowBody, "The body came too slowly; send it faster, or a smaller one.",
            headers: [.connection: "close"])
    }

    /// More is being sent to the server than it has memory for.
    static var crowdedOut: WebError {
        WebError(
            .serviceUnavailable, .queueFull,
            "Too much is being sent to the server at the moment; try again in a while.",
            headers: [.retryAfter: "5", .connection: "close"])
    }

    /// The body's framing is broken.
    static var invalidHTTP: WebError {
        WebError(.badRequest, .invalidHTTP, "The request is no valid HTTP.", headers: [.connection: "close"])
    }

    static func unsupportedMediaType(_ expected: String) -> WebError {
        WebError(.unsupportedMediaType, .unsupportedMediaType, "The body must be sent as \(expected).")
    }

    /// Whoever asks has asked for more than they may for now.
    static func rateLimited(retryAfter seconds: Int) -> WebError {
        WebError(
            .tooManyRequests, .rateLimited,
            "More was asked for from this network than one may ask for; try again in \(seconds) seconds.",
            headers: [.retryAfter: "\(seconds)"])
    }

    static var internalError: WebError {
        WebError(.internalServerError, .failed, "The server failed; that is a fault of its own.")
    }

    /// The client went away; nobody reads this.
    static var cancelled: WebError {
        WebError(.init(code: 499, reasonPhrase: "Client Closed Request"), .cancelled, "The request was cancelled.")
    }
}

extension WebError {
    /// What the studio refused or failed to do, in this interface's terms.
    init(_ error: StudioError) {
        switch error {
        case .invalid(let error): self.init(error)
        case .refused: self.init(.badRequest, .refused, error.description, parameter: "prompt")
        case .queueFull(let seconds):
            self.init(.serviceUnavailable, .queueFull, error.description, headers: [.retryAfter: "\(seconds)"])
        case .shuttingDown:
            // The connection would be closed soon, and the next try should go elsewhere.
            self.init(
                .serviceUnavailable, .shuttingDown, error.description,
                headers: [.retryAfter: "10", .connection: "close"])
        case .rateLimited(let seconds): self = .rateLimited(retryAfter: seconds)
        case .tooLarge: self.init(.contentTooLarge, .tooLarge, error.description, parameter: "size")
        case .timedOut: self.init(.gatewayTimeout, .timedOut, error.description)
        case .unsuitablePicture: self.init(.badRequest, .refused, error.description)
        case .cancelled: self = .cancelled
        case .failed: self.init(.internalServerError, .failed, error.description)
        }
    }

    /// Why a body was not read to its end.
    init(_ refusal: BodyBudget.Refusal) {
        switch refusal {
        case .crowdedOut: self = .crowdedOut
        case .shuttingDown: self.init(StudioError.shuttingDown)
        case .tooLarge(let maximum): self = .bodyTooLarge(maximum: maximum)
        }
    }

    init(_ error: RequestError) {
        let parameter =
            switch error.parameter {
            case _ where error.name != nil: error.name
            case .width, .height: "size"
            case .count: "n"
            case .padding: "mask_padding"
            default: error.parameter.rawValue
            }
        self.init(
            .badRequest, error.code == .missing ? .missingParameter : .invalidValue, error.message,
            parameter: parameter)
    }

    /// Whatever a studio's stream may throw.
    init(_ error: any Error) {
        switch error {
        case let error as WebError: self = error
        case let error as StudioError: self.init(error)
        case is CancellationError: self = .cancelled
        default: self = .internalError
        }
    }
}
