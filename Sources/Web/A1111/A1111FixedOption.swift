/// An option of the web UI that changes pictures and cannot be changed here: the values that say what is so anyway.
struct A1111FixedOption: Sendable {
    /// The values in words; text counts in either case, numbers and switches as text as well.
    let values: [String]
    /// What it matters for; nil for everything.
    let task: A1111Details.Task?

    private init(_ values: [String], task: A1111Details.Task? = nil) {
        self.values = values
        self.task = task
    }

    /// The names of the web UI's `modules/shared_options.py`.
    static let all: [String: A1111FixedOption] = [
        "always_discard_next_to_last_sigma": off, "beta_dist_alpha": number("0.6"), "beta_dist_beta": number("0.6"),
        "comma_padding_backtrack": number("20"), "ddim_discretize": A1111FixedOption(["uniform"]),
        "emphasis": A1111FixedOption(["original"]), "enable_emphasis": on, "fp8_storage": A1111FixedOption(["disable"]),
        "forge_additional_modules": none,
        "img2img_background_color": A1111FixedOption(["#ffffff"], task: .imageToImage),
        "img2img_color_correction": A1111FixedOption(["false"], task: .imageToImage),
        "img2img_extra_noise": A1111FixedOption(["0"], task: .imageToImage),
        "img2img_fix_steps": A1111FixedOption(["false"], task: .imageToImage),
        "initial_noise_multiplier": A1111FixedOption(["1"], task: .imageToImage),
        "inpainting_mask_weight": A1111FixedOption(["1"], task: .imageToImage),
        "k_sched_type": A1111FixedOption(["automatic"]), "randn_source": A1111FixedOption(["cpu", "gpu"]),
        "rho": number("0"), "s_min_uncond": number("0"), "sd_hypernetwork": none, "sd_lora": none,
        "sd_noise_schedule": A1111FixedOption(["default"]), "sd_vae": A1111FixedOption(["automatic", "none"]),
        "sd_vae_decode_method": A1111FixedOption(["full"]), "sd_vae_encode_method": A1111FixedOption(["full"]),
        "sdxl_crop_left": number("0"), "sdxl_crop_top": number("0"), "sgm_noise_multiplier": off,
        "sigma_max": number("0"),
        "sigma_min": number("0"), "skip_early_cond": number("0"), "tiling": off, "token_merging_ratio": number("0"),
        "token_merging_ratio_img2img": A1111FixedOption(["0"], task: .imageToImage),
        "uni_pc_lower_order_final": on, "uni_pc_order": number("3"),
        "uni_pc_skip_type": A1111FixedOption(["time_uniform"]),
        "uni_pc_variant": A1111FixedOption(["bh1"]), "upscaler_for_img2img": none, "use_downcasted_alpha_bar": off,
        "use_old_emphasis_implementation": off, "use_old_karras_scheduler_sigmas": off, "use_old_scheduling": off,
    ]

    private static let off = A1111FixedOption(["false"])
    private static let on = A1111FixedOption(["true"])
    private static let none = A1111FixedOption(["none", "automatic"])
    private static func number(_ digits: String) -> A1111FixedOption { A1111FixedOption([digits]) }

    /// The values in a sentence.
    var allowed: String { values.joined(separator: " or ") }

    /// Whether a value in a document is one of them, or chooses nothing.
    func holds(_ path: JSONPath, in document: borrowing JSONDocument) throws(WebError) -> Bool {
        guard let value = document.value(path) else { return true }
        switch value {
        case .null: return true
        case .string(let string) where string.decodedCount == 0: return true
        case .boolean, .number, .string: break
        case .array(let elements): return elements.isEmpty
        case .object(let members): return members.isEmpty
        }
        for allowed in values where try holds(allowed, path, in: document) { return true }
        return false
    }

    private func holds(
        _ allowed: String, _ path: JSONPath, in document: borrowing JSONDocument
    ) throws(WebError) -> Bool {
        switch allowed {
        case "true", "false":
            guard let isOn = try? document.lenientFlag(path) else { return false }
            return isOn == (allowed == "true")
        default: break
        }
        if let number = Float(allowed) {
            guard let given = try? document.lenientNumber(path) else { return false }
            return given == number
        }
        guard case .string(let string) = document.value(path), string.decodedCount <= 64 else { return false }
        return try document.word(path)?.lowercased() == allowed
    }
}
