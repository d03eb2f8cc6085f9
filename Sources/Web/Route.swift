/// The addresses that the server knows, as they appear in its log.
public enum Route: String, CaseIterable, Sendable {
    /// The page, and the form it holds for browsers without scripts.
    case page = "/"
    /// The page's style.
    case style = "/style.css"
    /// The page's scripts, and its words in each language.
    case pageFile = "/page/{name}"
    /// The words that the model knows, with those of a language.
    case vocabulary = "/vocabulary/{name}"
    /// The page's icon.
    case icon = "/icon.svg"
    /// What happens to what a visitor sends.
    case privacy = "/privacy"
    /// What a visitor may do here.
    case terms = "/terms"
    /// What makes the pictures.
    case about = "/about"
    /// How the service stands, in figures.
    case transparency = "/transparency"
    /// The documents' style.
    case documentStyle = "/document.css"
    /// Where weaknesses are reported (RFC 9116).
    case securityText = "/.well-known/security.txt"
    /// What is protected and kept, for programs.
    case privacyDetails = "/api/privacy"
    /// How the service stands, for programs.
    case transparencyDetails = "/api/transparency"
    /// Pictures as a stream of events, as the page asks for them.
    case pictures = "/api/pictures"
    /// A picture enlarged, as a stream of events.
    case upscale = "/api/upscale"
    /// What the model is and what may be asked of it.
    case modelDetails = "/api/model"
    /// How busy the service is.
    case status = "/api/status"
    /// All interfaces for programs, described in OpenAPI.
    case interfaceDescription = "/openapi.yaml"
    /// Tools for language models, as the Model Context Protocol has them.
    case modelContext = "/mcp"
    /// Pictures as the OpenAI API makes them.
    case imageGenerations = "/v1/images/generations"
    /// Pictures made of a picture, as the OpenAI API makes them.
    case imageEdits = "/v1/images/edits"
    /// Pictures that resemble a picture, as the OpenAI API makes them.
    case imageVariations = "/v1/images/variations"
    /// The list of models as in the OpenAI API.
    case models = "/v1/models"
    /// One model as in the OpenAI API.
    case model = "/v1/models/{id}"
    /// Pictures of a prompt as A1111's API makes them.
    case textToImage = "/sdapi/v1/txt2img"
    /// Pictures that begin with a picture as A1111's API makes them.
    case imageToImage = "/sdapi/v1/img2img"
    /// How far a caller's own task is, as in A1111's API.
    case taskProgress = "/sdapi/v1/progress"
    /// Ends a caller's own task, as in A1111's API.
    case interruptTask = "/sdapi/v1/interrupt"
    /// Leaves out a picture of a caller's own task, as in A1111's API.
    case skipPicture = "/sdapi/v1/skip"
    /// The settings that hold for everyone, as in A1111's API.
    case a1111Options = "/sdapi/v1/options"
    /// The samplers as in A1111's API.
    case a1111Samplers = "/sdapi/v1/samplers"
    /// The schedulers as in A1111's API.
    case a1111Schedulers = "/sdapi/v1/schedulers"
    /// The model as in A1111's API.
    case a1111Models = "/sdapi/v1/sd-models"
    /// The upscalers as in A1111's API.
    case a1111Upscalers = "/sdapi/v1/upscalers"
    /// The low-rank adaptations as in A1111's API.
    case a1111Adaptations = "/sdapi/v1/loras"
    /// The prompt styles as in A1111's API.
    case a1111Styles = "/sdapi/v1/prompt-styles"
    /// What a picture's file says of how it was made, as in A1111's API.
    case a1111PictureInfo = "/sdapi/v1/png-info"
    /// A picture enlarged, as A1111's API does it.
    case a1111Extra = "/sdapi/v1/extra-single-image"
    /// Pictures enlarged, as A1111's API does it.
    case a1111Extras = "/sdapi/v1/extra-batch-images"
    /// Everything else in A1111's API that is a list, or is not offered.
    case a1111Collection = "/sdapi/v1/{collection}"
    /// Whether the server works.
    case health = "/healthz"
    /// Whether requests are welcome.
    case ready = "/readyz"
    /// Numbers for the operator.
    case metrics = "/metrics"
    /// Anything else.
    case unknown

    /// Whether a request here can have pictures made.
    var makesPictures: Bool {
        switch self {
        case .page, .pictures, .upscale, .modelContext, .imageGenerations, .imageEdits, .imageVariations, .textToImage,
            .imageToImage, .a1111Extra, .a1111Extras:
            true
        default: false
        }
    }

    /// Whether only a part of the requests here asks for pictures, so that which it is has to be read.
    var asksForOtherThings: Bool { self == .modelContext }

    init(endpointPath: String?) {
        self = endpointPath.flatMap(Route.init(rawValue:)) ?? .unknown
    }
}
