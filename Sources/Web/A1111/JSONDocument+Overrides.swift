internal import Diffusion
internal import Imaging
internal import Studio

/// The web UI's options, as a request may override them for itself.
extension JSONDocument {
    /// What of the options is heeded.
    static let heededOverrides: Set = [
        "CLIP_stop_at_last_layers", "eta_ancestral", "eta_ddim", "eta_noise_seed_delta", "jpeg_quality", "s_churn",
        "s_noise", "s_tmax", "s_tmin", "samples_format", "sd_model_checkpoint",
    ]

    /// Reads `override_settings`: what is heeded is, what would change the pictures and cannot be done is refused unless
    /// it is as it is here anyway, and the rest noted as of no effect.
    func readOverrides(
        into settings: inout GenerationSettings, _ details: inout A1111Details, model: ModelCard
    ) throws(WebError) {
        let heeded = Self.heededOverrides
        for name in try names(of: "override_settings") where !heeded.contains(name) {
            let path: JSONPath = ["override_settings", .name(name)]
            guard let fixed = A1111FixedOption.all[name] else {
                details.ignore(path.description)
                continue
            }
            if fixed.task == nil || fixed.task == details.task, try !fixed.holds(path, in: self) {
                throw .notOffered(path.description, "It can only be \(fixed.allowed); leave it out.")
            }
        }
        if let layer = try clipStop() {
            guard 1...12 ~= layer else {
                throw .badRequest(
                    .invalidValue, "'CLIP_stop_at_last_layers' must be from 1, the last, to 12.",
                    parameter: "override_settings.CLIP_stop_at_last_layers")
            }
            settings.clipSkip = layer - 1
        }
        if let name = try name(["override_settings", "sd_model_checkpoint"]), !model.isCalled(inA1111: name) {
            throw .notOffered("override_settings.sd_model_checkpoint", "This server has only \(model.identifier).")
        }
        if let format = try name(["override_settings", "samples_format"])?.lowercased() {
            guard let known = ImageFormat(rawValue: format == "jpg" ? "jpeg" : format) else {
                throw .notOffered("override_settings.samples_format", "Pictures are made as png, jpeg or webp.")
            }
            details.format = known
        }
        if let quality = try leniently(["override_settings", "jpeg_quality"]) {
            guard 0...100 ~= quality else {
                throw .badRequest(
                    .invalidValue, "'jpeg_quality' must be from 0 to 100.", parameter: "override_settings.jpeg_quality")
            }
            details.quality = quality
        }
    }

    /// The layer that the text encoder stops at: SD.Next's `clip_skip` means the same, and clients send both.
    private func clipStop() throws(WebError) -> Int? {
        if let layer = try leniently(["override_settings", "CLIP_stop_at_last_layers"]) { return layer }
        guard let layer = try leniently("clip_skip") else { return nil }
        return max(1, layer)
    }
}

extension ModelCard {
    /// Whether clients of the web UI mean this model by a name: as it is listed, or as its file would be called.
    func isCalled(inA1111 name: String) -> Bool {
        let stem =
            [".safetensors", ".ckpt"].first { name.hasSuffix($0) }.map { String(name.dropLast($0.count)) } ?? name
        return stem == identifier || stem == self.name
    }
}
