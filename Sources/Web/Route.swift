/// The addresses that the server knows, as they appear in its log.
public enum Route: String, CaseIterable, Sendable {
    /// The page, and the form it holds for browsers without scripts.
    case page = "/"
    /// The page's style.
    case style = "/style.css"
    /// The page's behaviour.
    case script = "/app.js"
    /// The page's icon.
    case icon = "/icon.svg"
    /// Pictures as a stream of events, as the page asks for them.
    case pictures = "/api/pictures"
    /// Pictures as the OpenAI API makes them.
    case imageGenerations = "/v1/images/generations"
    /// The list of models as in the OpenAI API.
    case models = "/v1/models"
    /// One model as in the OpenAI API.
    case model = "/v1/models/{id}"
    /// Whether the server works.
    case health = "/healthz"
    /// Whether requests are welcome.
    case ready = "/readyz"
    /// Numbers for the operator.
    case metrics = "/metrics"
    /// Anything else.
    case unknown

    init(endpointPath: String?) {
        self = endpointPath.flatMap(Route.init(rawValue:)) ?? .unknown
    }
}
