internal import Imaging
internal import Studio
internal import Upscaling

extension JSONDocument {
    /// What the body of an extra request asks for, a request for each picture.
    ///
    /// Restoring faces and the order of both have no effect: there is nothing that restores any. `None` leaves a picture as
    /// it is.
    consuming func enlargements(
        _ task: A1111Extras.Task, model: ModelCard, upscalers: UpscalerShelf
    ) throws(WebError) -> [Parcel<GenerationRequest>] {
        let enlargement = try self.enlargement(upscalers)
        let paths: [JSONPath]
        switch task {
        case .single: paths = ["image"]
        case .batch:
            let count = try count(of: "imageList") ?? 0
            guard count > 0 else { throw Self.noPicture("imageList") }
            paths = (0..<count).map { ["imageList", .index($0), "data"] }
        }
        var requests: [Parcel<GenerationRequest>] = []
        for path in paths {
            guard let image = try imageFile(path) else { throw Self.noPicture(path.description) }
            let request = GenerationRequest(enlarging: image, enlargement, model: model)
            try request.requireWritable(as: .png, path.description)
            requests.append(Parcel(request))
        }
        return requests
    }

    private borrowing func enlargement(_ upscalers: UpscalerShelf) throws(WebError) -> Enlargement {
        let first = try upscaler("upscaler_1", among: upscalers)
        let second = try upscaler("upscaler_2", among: upscalers)
        let visibility = try lenientNumber("extras_upscaler_2_visibility") ?? 0
        guard 0...1 ~= visibility else {
            throw .badRequest(
                .invalidValue, "'extras_upscaler_2_visibility' must be from 0 to 1.",
                parameter: "extras_upscaler_2_visibility")
        }
        // The web UI looks at the second only where there is a first.
        guard let first else { return Enlargement(upscaler: "nearest", target: .scale(1)) }
        var enlargement = Enlargement(upscaler: first, target: try target())
        if let second, visibility > 0 {
            enlargement.second = Enlargement.Second(upscaler: second, visibility: Double(visibility))
        }
        return enlargement
    }

    /// How large: by a factor, or to a size.
    private borrowing func target() throws(WebError) -> Enlargement.Target {
        let mode = try leniently("resize_mode") ?? 0
        switch mode {
        case 0:
            let scale = Double(try lenientNumber("upscaling_resize") ?? 2)
            guard Enlargement.scales.contains(scale) else {
                throw .badRequest(
                    .invalidValue,
                    "'upscaling_resize' must be from \(Enlargement.scales.lowerBound) to \(Enlargement.scales.upperBound).",
                    parameter: "upscaling_resize")
            }
            return .scale(scale)
        case 1:
            return .covering(
                ImageSize(width: try side("upscaling_resize_w"), height: try side("upscaling_resize_h")),
                crops: try lenientFlag("upscaling_crop") ?? true)
        default:
            throw .badRequest(
                .invalidValue, "'resize_mode' must be 0, by a factor, or 1, to a size.", parameter: "resize_mode")
        }
    }

    private borrowing func side(_ name: JSONPath) throws(WebError) -> Int {
        let side = try leniently(name) ?? 512
        let allowed = 1...8_192
        guard allowed.contains(side) else {
            throw .badRequest(
                .invalidValue, "'\(name)' must be from \(allowed.lowerBound) to \(allowed.upperBound).",
                parameter: name.description)
        }
        return side
    }

    /// The name of an upscaler as the web UI's clients know it; nil for none.
    private borrowing func upscaler(_ name: JSONPath, among upscalers: UpscalerShelf) throws(WebError) -> String? {
        guard let asked = try word(name), asked != "None" else { return nil }
        guard let upscaler = upscalers.find(A1111Upscaler.alias(asked) ?? asked) else {
            throw .badRequest(
                .invalidValue,
                "'\(name)' must be one of \((["None"] + upscalers.names.map(A1111Upscaler.name)).joined(separator: ", ")).",
                parameter: name.description)
        }
        return upscaler.name
    }

    private static func noPicture(_ name: String) -> WebError {
        .badRequest(.missingParameter, "'\(name)' is missing; send the picture to enlarge.", parameter: name)
    }
}

extension WebError {
    /// What the studio refused of an enlargement, under the names that A1111 has for its parts.
    init(inA1111Extras error: StudioError) {
        self.init(error)
        guard case .invalid(let error) = error else { return }
        parameter =
            switch error.parameter {
            case _ where error.name != nil: error.name
            case .upscaler: "upscaler_1"
            case .scale: "upscaling_resize"
            default: "image"
            }
    }
}
