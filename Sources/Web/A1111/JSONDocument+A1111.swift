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

    /// Refuses what would change the pictures and cannot be done, and notes what is asked for and has no effect.
    ///
    /// Names that the web UI does not have mean nothing to it and nothing here.
    func refuseWhatA1111Has(for task: A1111Details.Task, noting details: inout A1111Details) throws(WebError) {
        if try lenientFlag("tiling") == true {
            throw .notOffered("tiling", "Tiling pictures are not made; leave it out or send false.")
        }
        if task == .textToImage, try lenientFlag("enable_hr") == true {
            throw .notOffered("enable_hr", "There is no second pass at a higher resolution; ask for the size itself.")
        }
        // Nothing is kept here, no face restored, and an initial picture erased when it has been read.
        for name in ["save_images", "restore_faces", "include_init_images"] {
            if try lenientFlag(JSONPath(name)) == true { details.ignore(name) }
        }
        let texts = [
            ("script_name", "Script not found: there are no scripts."),
            ("refiner_checkpoint", "There is no refiner; leave it out."),
            ("infotext", "Parameters are not read from text; send each by its name."),
        ]
        for (name, reason) in texts {
            guard let value = value(JSONPath(name)) else { continue }
            guard case .string = value, try isNothing(JSONPath(name)) else { throw .notOffered(name, reason) }
        }
        if try !isNothing("latent_mask") { throw .notOffered("latent_mask", "Masks are sent as 'mask'.") }
        for index in 0..<(try count(of: "styles") ?? 0) where try !isNothing(["styles", .index(index)]) {
            throw .notOffered("styles", "There are no styles; write what you want into the prompt.")
        }
        if let number = try lenientNumber("s_min_uncond"), number != 0 {
            throw .notOffered("s_min_uncond", "Guidance holds at every step; it must be 0.")
        }
        try refuseScripts()
    }

    /// Whether a value chooses nothing: missing, null, empty, or the web UI's word for it.
    func isNothing(_ path: JSONPath) throws(WebError) -> Bool {
        guard let value = value(path) else { return true }
        guard case .string(let string) = value else { return false }
        guard string.decodedCount <= 64 else { return false }
        guard let word = try word(path) else { return true }
        return word.lowercased() == "none"
    }
}
