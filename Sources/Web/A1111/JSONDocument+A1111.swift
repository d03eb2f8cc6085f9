internal import Diffusion
internal import HTTPTypes
internal import Imaging
internal import Privacy
internal import Studio

extension JSONDocument {
    /// A word that is not empty; A1111's clients send empty ones for what they do not choose.
    func name(_ path: JSONPath) throws(WebError) -> String? {
        guard let word = try word(path), !word.isEmpty else { return nil }
        return word
    }

    /// Decodes text, empty when it is missing or null, into memory of its own.
    func text(_ path: JSONPath) throws(WebError) -> Prompt {
        try secret(path) ?? Prompt("")
    }

    /// Refuses what A1111 can do and this service cannot, where it is switched on. Left out, null or at its default it
    /// is of no effect.
    func refuseWhatA1111Has(for task: A1111Details.Task) throws(WebError) {
        let switches: [(JSONPath, String)] = [
            ("restore_faces", "Faces are not restored; leave it out or send false."),
            ("tiling", "Tiling pictures are not made; leave it out or send false."),
            ("save_images", "Nothing is kept here, so no picture can be saved; leave it out or send false."),
            ("include_init_images", "Initial pictures are erased when work begins and cannot be sent back."),
        ]
        for (path, reason) in switches {
            if try boolean(path) == true { throw .notOffered(path.description, reason) }
        }
        if task == .textToImage, try boolean("enable_hr") == true {
            throw .notOffered("enable_hr", "There is no second pass at a higher resolution; ask for the size itself.")
        }
        let texts: [(JSONPath, String)] = [
            ("script_name", "Script not found: there are no scripts."),
            ("refiner_checkpoint", "There is no refiner; leave it out."),
            ("infotext", "Parameters are not read from text; send each by its name."),
        ]
        for (path, reason) in texts {
            guard let value = value(path) else { continue }
            guard case .string(let string) = value, string.decodedCount == 0 else {
                throw .notOffered(path.description, reason)
            }
        }
        if value("latent_mask") != nil {
            throw .notOffered("latent_mask", "Masks are sent as 'mask'.")
        }
        if let count = try count(of: "styles"), count > 0 {
            throw .notOffered("styles", "There are no styles; write what you want into the prompt.")
        }
        let numbers: [(path: JSONPath, allowed: Float, reason: String)] = [
            ("subseed_strength", 0, "Seeds are not mixed; it must be 0."),
            ("s_churn", 0, "No noise is added on the way; it must be 0."),
            ("s_min_uncond", 0, "Guidance holds at every step; it must be 0."),
            ("initial_noise_multiplier", 1, "The noise is as strong as the model expects; it must be 1."),
        ]
        for (path, allowed, reason) in numbers {
            if let number = try number(path), number != allowed { throw .notOffered(path.description, reason) }
        }
        for path in ["seed_resize_from_w", "seed_resize_from_h"] as [JSONPath] {
            if let side = try integer(path), side > 0 {
                throw .notOffered(path.description, "Noise of another size is not made; it must be 0 or -1.")
            }
        }
        for name in try names(of: "alwayson_scripts") {
            let arguments = try count(
                of: JSONPath(components: [.name("alwayson_scripts"), .name(name), .name("args")]))
            guard arguments ?? 0 == 0 else {
                throw .notOffered("alwayson_scripts", "There are no scripts and no extensions; leave it empty.")
            }
        }
    }

    /// Reads `override_settings`.
    func readOverrides(
        into settings: inout GenerationSettings, _ details: inout A1111Details, model: ModelCard
    ) throws(WebError) {
        let known: Set = ["CLIP_stop_at_last_layers", "samples_format", "sd_model_checkpoint"]
        guard try names(of: "override_settings").allSatisfy(known.contains) else {
            throw .notOffered(
                "override_settings",
                "A setting in it cannot be changed; those that can are \(known.sorted().joined(separator: ", ")).")
        }
        if let layer = try integer(["override_settings", "CLIP_stop_at_last_layers"]) {
            guard 1...12 ~= layer else {
                throw .badRequest(
                    .invalidValue, "'CLIP_stop_at_last_layers' must be from 1, the last, to 12.",
                    parameter: "override_settings.CLIP_stop_at_last_layers")
            }
            settings.clipSkip = layer - 1
        }
        if let name = try name(["override_settings", "sd_model_checkpoint"]),
            name != model.identifier, name != model.name
        {
            throw .notOffered("override_settings.sd_model_checkpoint", "This server has only \(model.identifier).")
        }
        if let format = try name(["override_settings", "samples_format"]) {
            guard let known = ImageFormat(rawValue: format == "jpg" ? "jpeg" : format) else {
                throw .notOffered("override_settings.samples_format", "Pictures are made as png, jpeg or webp.")
            }
            details.format = known
        }
    }

    /// Reads how much of a picture is drawn anew, and where.
    func readInpainting(
        into settings: inout GenerationSettings, _ details: inout A1111Details
    ) throws(WebError) {
        settings.strength = try number("denoising_strength") ?? 0.75

        let modes = ResizeMode.allCases
        let mode = try integer("resize_mode") ?? 0
        guard modes.indices.contains(mode) else {
            throw .badRequest(
                .invalidValue,
                "'resize_mode' must be 0 (just resize), 1 (crop and resize) or 2 (resize and fill).",
                parameter: "resize_mode")
        }
        details.resizeMode = modes[mode]

        let fills: [MaskFill] = [.fill, .original, .latentNoise, .latentNothing]
        let fill = try integer("inpainting_fill") ?? 0
        guard fills.indices.contains(fill) else {
            throw .badRequest(
                .invalidValue,
                "'inpainting_fill' must be 0 (fill), 1 (original), 2 (latent noise) or 3 (latent nothing).",
                parameter: "inpainting_fill")
        }
        details.maskFill = fill
        settings.maskFill = fills[fill]

        let blur = try integer("mask_blur") ?? 4
        let blurs = [try integer("mask_blur_x") ?? blur, try integer("mask_blur_y") ?? blur]
        guard blurs[0] == blurs[1] else {
            throw .notOffered("mask_blur_x", "A mask is blurred alike in both directions; send 'mask_blur'.")
        }
        guard 0...256 ~= blurs[0] else {
            throw .badRequest(
                .invalidValue, "'mask_blur' must be from 0 to 256.", parameter: "mask_blur")
        }
        settings.maskBlur = blurs[0]
        settings.maskBlending = .halved
        details.maskIsInverted = try flag("inpainting_mask_invert") ?? false

        let padding = try integer("inpaint_full_res_padding") ?? 0
        guard 0...1_024 ~= padding else {
            throw .badRequest(
                .invalidValue, "'inpaint_full_res_padding' must be from 0 to 1024.",
                parameter: "inpaint_full_res_padding")
        }
        if case .string(let mask) = value("mask"), mask.decodedCount > 0 { details.hasMask = true }
        if details.hasMask, try flag("inpaint_full_res") ?? true {
            settings.inpaintArea = .onlyMasked(padding: padding)
            // What is drawn has the width and height, the finished picture the initial one's.
            settings.keepsImageSize = true
        }
    }

    /// The initial picture's file, and that of the mask, white where the picture is drawn anew, if there is one.
    func upload(_ details: A1111Details) throws(WebError) -> ImageUpload {
        switch try count(of: "init_images") ?? 0 {
        case 0: throw Self.noInitialPicture
        case 1: break
        default: throw .notOffered("init_images", "Only one picture can be begun with; send each in a request.")
        }
        guard let image = try imageFile(["init_images", 0]) else { throw Self.noInitialPicture }
        return ImageUpload(
            image: image, mask: try imageFile("mask"),
            maskReading: .opacityOrBrightness(inverted: details.maskIsInverted), fitting: .mode(details.resizeMode))
    }

    private static var noInitialPicture: WebError {
        WebError(
            .notFound, .missingParameter, "Init image not found; send one in 'init_images'.", parameter: "init_images")
    }

    /// True or false, or A1111's numbers for them.
    private func flag(_ path: JSONPath) throws(WebError) -> Bool? {
        if case .boolean(let boolean) = value(path) { return boolean }
        guard let number = try integer(path) else { return nil }
        guard 0...1 ~= number else { throw .wrongType(path.description, "0 or 1") }
        return number == 1
    }
}
