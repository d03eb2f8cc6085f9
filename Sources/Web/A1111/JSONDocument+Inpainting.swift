internal import Diffusion
internal import HTTPTypes
internal import Imaging
internal import Studio

extension JSONDocument {
    /// Reads how much of a picture is drawn anew, and where.
    func readInpainting(
        into settings: inout GenerationSettings, _ details: inout A1111Details
    ) throws(WebError) {
        settings.strength = try lenientNumber("denoising_strength") ?? 0.75
        if let multiplier = try lenientNumber("initial_noise_multiplier"), multiplier != 1 {
            throw .notOffered("initial_noise_multiplier", "The noise is as strong as the model expects; it must be 1.")
        }

        let mode = try leniently("resize_mode") ?? 0
        guard 0...3 ~= mode else {
            throw .badRequest(
                .invalidValue,
                """
                'resize_mode' must be 0 (just resize), 1 (crop and resize), 2 (resize and fill) or 3 (just resize the \
                latents).
                """,
                parameter: "resize_mode")
        }
        details.resizeMode = mode

        let fills: [MaskFill] = [.fill, .original, .latentNoise, .latentNothing]
        let fill = try leniently("inpainting_fill") ?? 0
        guard fills.indices.contains(fill) else {
            throw .badRequest(
                .invalidValue,
                "'inpainting_fill' must be 0 (fill), 1 (original), 2 (latent noise) or 3 (latent nothing).",
                parameter: "inpainting_fill")
        }
        details.maskFill = fill
        settings.maskFill = fills[fill]

        // One number for both directions counts more than one for each.
        let blur = try pixels("mask_blur", upTo: 256)
        let (across, down) = (try pixels("mask_blur_x", upTo: 256), try pixels("mask_blur_y", upTo: 256))
        settings.maskBlur = blur ?? across ?? 4
        settings.maskBlurDown = blur ?? down ?? 4
        settings.maskBlending = .halved
        details.maskIsInverted = try lenientFlag("inpainting_mask_invert") ?? false
        let padding = try pixels("inpaint_full_res_padding", upTo: 1_024) ?? 0
        if case .string(let mask) = value("mask"), mask.decodedCount > 0 { details.hasMask = true }
        let isOnlyMasked = try lenientFlag("inpaint_full_res") ?? true
        guard details.hasMask else { return }
        if isOnlyMasked {
            settings.inpaintArea = .onlyMasked(padding: padding)
            // What is drawn has the width and height, the finished picture the initial one's.
            settings.keepsImageSize = true
        }
        if try lenientFlag("mask_round") == false {
            throw .notOffered("mask_round", "A mask is decided for each of the latents; leave it out or send true.")
        }
    }

    private func pixels(_ path: JSONPath, upTo maximum: Int) throws(WebError) -> Int? {
        guard let count = try leniently(path) else { return nil }
        guard 0...maximum ~= count else {
            throw .badRequest(
                .invalidValue, "'\(path)' must be from 0 to \(maximum).", parameter: path.description)
        }
        return count
    }

    /// The initial picture's file, and that of the mask, white where the picture is drawn anew, if there is one.
    func upload(_ details: A1111Details) throws(WebError) -> ImageUpload {
        switch try count(of: "init_images") ?? 0 {
        case 0: throw Self.noInitialPicture
        case 1: break
        default: throw .notOffered("init_images", "Only one picture can be begun with; send each in a request.")
        }
        guard let image = try imageFile(["init_images", 0]) else { throw Self.noInitialPicture }
        // Latents are resized where all of the picture is drawn.
        let fitting = ResizeMode(rawValue: details.resizeMode).map { ImageUpload.Fitting.mode($0) } ?? .latents
        return ImageUpload(
            image: image, mask: try imageFile("mask"),
            maskReading: .opacityOrBrightness(inverted: details.maskIsInverted), fitting: fitting)
    }

    private static var noInitialPicture: WebError {
        WebError(
            .notFound, .missingParameter, "Init image not found; send one in 'init_images'.", parameter: "init_images")
    }
}
