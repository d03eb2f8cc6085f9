internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import Studio
internal import Upscaling

/// What `GET /sdapi/v1/{collection}` lists, made once: nothing in it changes while the server runs.
struct A1111Collections: Sendable {
    /// What is listed.
    enum Collection: String, CaseIterable, Sendable {
        case samplers, schedulers, upscalers, hypernetworks, loras, embeddings, memory, scripts, extensions
        case models = "sd-models"
        case autoencoders = "sd-vae"
        case flags = "cmd-flags"
        case faceRestorers = "face-restorers"
        case latentUpscaleModes = "latent-upscale-modes"
        case realESRGANModels = "realesrgan-models"
        case promptStyles = "prompt-styles"
        case scriptInformation = "script-info"
        // Of the web UI's first versions, whose clients are still about.
        case artists
        case artistCategories = "artist-categories"
    }

    /// What A1111 can be told to do.
    private enum Action: String {
        case refreshCheckpoints = "refresh-checkpoints"
        case refreshAutoencoders = "refresh-vae"
        case refreshEmbeddings = "refresh-embeddings"
        case refreshLoras = "refresh-loras"
        case unloadCheckpoint = "unload-checkpoint"
        case reloadCheckpoint = "reload-checkpoint"
        case interrogate

        /// The answer of what has no effect, since nothing changes here and the model belongs to everyone; an error for
        /// what would have to be done and is not.
        var answer: Result<StaticString, WebError> {
            switch self {
            case .refreshCheckpoints, .refreshAutoencoders, .refreshEmbeddings, .refreshLoras: .success("null")
            case .unloadCheckpoint, .reloadCheckpoint: .success("{}")
            case .interrogate: .failure(Self.notOffered("Pictures are not described here."))
            }
        }

        private static func notOffered(_ reason: String) -> WebError {
            WebError(.notImplemented, .unsupported, reason)
        }
    }

    private let bodies: [Collection: ByteBuffer]

    init(model: ModelCard, upscalers: UpscalerShelf) {
        bodies = Dictionary(
            uniqueKeysWithValues: Collection.allCases.map { ($0, Self.body(of: $0, model, upscalers)) })
    }

    /// A collection, if there is one.
    func list(_ collection: Collection?) throws(WebError) -> Response {
        guard let collection, let body = bodies[collection] else { throw .unknownURL }
        return Self.json(body)
    }

    /// Does what A1111 would, where that is nothing, and says why not otherwise.
    func act(_ name: String?) throws(WebError) -> Response {
        guard let action = name.flatMap(Action.init(rawValue:)) else { throw .unknownURL }
        return Self.json(ByteBuffer(staticString: try action.answer.get()))
    }

    private static func body(
        of collection: Collection, _ model: ModelCard, _ upscalers: UpscalerShelf
    ) -> ByteBuffer {
        switch collection {
        case .samplers: samplers(model)
        case .schedulers: schedulers(model)
        case .models: models(model)
        case .upscalers: Self.upscalers(upscalers)
        case .realESRGANModels: networks(upscalers)
        case .embeddings: ByteBuffer(staticString: #"{"loaded":{},"skipped":{}}"#)
        case .memory: ByteBuffer(staticString: #"{"ram":{"error":"unavailable"},"cuda":{"error":"unavailable"}}"#)
        case .flags: ByteBuffer(staticString: #"{"api":true}"#)
        case .scripts: ByteBuffer(staticString: #"{"txt2img":[],"img2img":[]}"#)
        case .hypernetworks, .loras, .autoencoders, .faceRestorers, .latentUpscaleModes,
            .promptStyles, .scriptInformation, .extensions, .artists, .artistCategories:
            ByteBuffer(staticString: "[]")
        }
    }

    private static func samplers(_ model: ModelCard) -> ByteBuffer {
        array(A1111Sampler.offered(model.samplers)) { sampler, body in
            body.writeStaticString(#"{"name":"#)
            body.writeJSONString(sampler.name)
            body.writeStaticString(#","aliases":"#)
            body.writeImmutableBuffer(array(sampler.aliases) { $1.writeJSONString($0) })
            let scheduler = sampler.automatic == .automatic ? "" : #""scheduler":"\#(sampler.automatic.rawValue)""#
            body.writeString(#","options":{\#(scheduler)}}"#)
        }
    }

    /// `Latent` is the name of what enlarges latents between two passes of drawing, not pictures.
    private static func upscalers(_ upscalers: UpscalerShelf) -> ByteBuffer {
        array(["None"] + upscalers.names.map(A1111Upscaler.name) + ["Latent"]) { name, body in
            body.writeStaticString(#"{"name":"#)
            body.writeJSONString(name)
            body.writeStaticString(#","model_name":null,"model_path":null,"model_url":null,"scale":4}"#)
        }
    }

    /// The networks. Where their files are would tell of the machine.
    private static func networks(_ upscalers: UpscalerShelf) -> ByteBuffer {
        array(upscalers.upscalers.filter { $0.architecture != nil }) { upscaler, body in
            body.writeStaticString(#"{"name":"#)
            body.writeJSONString(upscaler.name)
            body.writeStaticString(#","path":"#)
            body.writeJSONString(upscaler.name)
            body.writeString(#","scale":\#(upscaler.nativeScale)}"#)
        }
    }

    private static func schedulers(_ model: ModelCard) -> ByteBuffer {
        let isFollowed = A1111Sampler.offered(model.samplers).contains { $0.heeds.contains(.scheduler) }
        return array(A1111Scheduler.allCases.filter { $0 == .automatic || isFollowed }) { scheduler, body in
            body.writeString(
                #"{"name":"\#(scheduler.rawValue)","label":"\#(scheduler.label)","aliases":null,"#
                    + #""default_rho":\#(scheduler == .karras ? "7.0" : "-1.0"),"need_inner_model":false}"#)
        }
    }

    /// The one model. The name of its file would tell of the machine, so there is its id instead.
    private static func models(_ model: ModelCard) -> ByteBuffer {
        array([model.identifier]) { identifier, body in
            body.writeStaticString("{")
            for name in ["title", "model_name", "filename"] {
                body.writeJSONString(name)
                body.writeStaticString(":")
                body.writeJSONString(identifier)
                body.writeStaticString(",")
            }
            body.writeStaticString(#""hash":null,"sha256":null,"config":null}"#)
        }
    }

    private static func array<Element>(
        _ elements: [Element], write: (Element, inout ByteBuffer) -> Void
    ) -> ByteBuffer {
        var body = ByteBuffer(staticString: "[")
        for (index, element) in elements.enumerated() {
            if index > 0 { body.writeStaticString(",") }
            write(element, &body)
        }
        body.writeStaticString("]")
        return body
    }

    private static func json(_ body: ByteBuffer) -> Response {
        Response(
            status: .ok, headers: [.contentType: "application/json"], body: ResponseBody(byteBuffer: body))
    }
}
