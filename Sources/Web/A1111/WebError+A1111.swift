internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import Studio

extension WebError {
    /// The answer as A1111's clients expect it: `{"error","detail","body","errors"}`, with 422 and FastAPI's list of
    /// places for a request that is wrong in itself.
    var a1111Response: Response {
        let isValidation = status == .badRequest && code != .refused
        var body = ByteBuffer()
        body.writeString(#"{"error":"\#(isValidation ? "RequestValidationError" : "HTTPException")","detail":"#)
        if isValidation {
            body.writeStaticString(#"[{"loc":["body""#)
            if let parameter {
                body.writeStaticString(",")
                body.writeJSONString(parameter)
            }
            body.writeStaticString(#"],"msg":"#)
            body.writeJSONString(message)
            body.writeString(#","type":"\#(code.rawValue)"}]"#)
        } else {
            body.writeJSONString(message)
        }
        body.writeStaticString(#","body":"","errors":"#)
        body.writeJSONString(message)
        body.writeStaticString("}")
        var headers = headers
        headers[.contentType] = "application/json"
        return Response(
            status: isValidation ? .unprocessableContent : status, headers: headers,
            body: ResponseBody(byteBuffer: body))
    }

    /// What the studio refused, under the names that A1111 has for a request's parts.
    init(inA1111 error: StudioError) {
        self.init(error)
        guard case .invalid(let error) = error else { return }
        parameter = error.name ?? Self.name(of: error.parameter)
    }

    private static func name(of parameter: RequestError.Parameter) -> String {
        switch parameter {
        case .guidanceScale: "cfg_scale"
        case .sampler: "sampler_name"
        case .schedule: "scheduler"
        case .churn: "s_churn"
        case .churnMinimum: "s_tmin"
        case .churnMaximum: "s_tmax"
        case .noiseScale: "s_noise"
        case .variationSeed: "subseed"
        case .variationStrength: "subseed_strength"
        case .noiseSize: "seed_resize_from_w"
        case .count: "n_iter"
        case .clipSkip: "override_settings.CLIP_stop_at_last_layers"
        case .strength: "denoising_strength"
        case .initialPicture: "init_images"
        case .padding: "inpaint_full_res_padding"
        default: parameter.rawValue
        }
    }

    /// A part of A1111's interface that is switched on in a request, and is not offered.
    static func notOffered(_ parameter: String, _ message: String) -> WebError {
        .badRequest(.unsupported, "'\(parameter)': \(message)", parameter: parameter)
    }
}
