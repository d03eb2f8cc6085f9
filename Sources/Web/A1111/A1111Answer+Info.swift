internal import NIOCore
internal import Privacy
internal import Studio

extension A1111Answer {
    /// What came of the request, as `Processed.js` of A1111's `modules/processing.py` says it.
    ///
    /// Lists have an entry for each picture that was made, and what is said of one is said of the first. `all_prompts` are
    /// the words that the text encoder saw. `ignored` is an addition: the names of what was asked for without effect.
    ///
    /// - Parameters:
    ///   - pictures: The pictures that came of it.
    ///   - info: Gets the object.
    borrowing func writeInfo(of pictures: [Picture], to info: inout ByteBuffer) {
        let seeds = pictures.map(\.seed)
        let subseeds = pictures.map { details.subseed &+ UInt64($0.index) }
        let first = pictures.first

        writePrompts(to: &info)
        info.writeStaticString(#","all_prompts":"#)
        writePrompts(of: pictures, negative: false, to: &info)
        info.writeStaticString(#","all_negative_prompts":"#)
        writePrompts(of: pictures, negative: true, to: &info)
        info.writeString(
            #","seed":\#(seeds.first ?? settings.seed ?? 0),"all_seeds":\#(seeds),"#
                + #""subseed":\#(subseeds.first ?? details.subseed),"all_subseeds":\#(subseeds),"#
                + #""subseed_strength":\#(settings.variationStrength),"width":\#(first?.width ?? settings.width),"#
                + #""height":\#(first?.height ?? settings.height),"sampler_name":"#)
        info.writeJSONString(details.sampler.name)
        info.writeString(
            #","cfg_scale":\#(settings.guidanceScale),"steps":\#(settings.steps),"batch_size":\#(details.batchSize),"#
                + #""restore_faces":false,"face_restoration_model":null,"sd_model_name":"#)
        info.writeJSONString(model)
        let strength = details.task == .imageToImage ? "\(settings.strength)" : "null"
        info.writeString(
            #","sd_model_hash":null,"sd_vae_name":null,"sd_vae_hash":null,"seed_resize_from_w":\#(details.noiseWidth),"#
                + #""seed_resize_from_h":\#(details.noiseHeight),"denoising_strength":\#(strength),"#
                + #""extra_generation_params":{"#)
        for (index, entry) in extraEntries.enumerated() {
            if index > 0 { info.writeStaticString(",") }
            info.writeJSONString(entry.name)
            info.writeStaticString(":")
            info.writeJSONString(entry.value)
        }
        info.writeStaticString(#"},"index_of_first_image":0,"infotexts":["#)
        for (index, picture) in pictures.enumerated() {
            if index > 0 { info.writeStaticString(",") }
            infotext(of: picture).withBytes { info.writeJSONString(utf8: $0) }
        }
        info.writeString(
            #"],"styles":[],"job_timestamp":"\#(timestamp())","clip_skip":\#(settings.clipSkip + 1),"#
                + #""is_using_inpainting_conditioning":false,"version":"mystarion","ignored":["#)
        for (index, name) in details.ignored.enumerated() {
            if index > 0 { info.writeStaticString(",") }
            info.writeJSONString(name)
        }
        info.writeStaticString("]}")
    }

    /// Writes the prompts, or the negative ones, that the pictures were drawn from.
    private borrowing func writePrompts(of pictures: [Picture], negative: Bool, to info: inout ByteBuffer) {
        info.writeStaticString("[")
        for (index, picture) in pictures.enumerated() {
            if index > 0 { info.writeStaticString(",") }
            guard !info.writeDrawnPrompt(of: picture, negative: negative) else { continue }
            if negative { info.writeJSONString(negativePrompt) } else { info.writeJSONString(prompt) }
        }
        info.writeStaticString("]")
    }

    /// How to make one of the pictures again, in the text that A1111 writes into pictures and reads from them.
    borrowing func infotext(of picture: Picture) -> SecretBytes {
        infotext(
            seed: picture.seed, subseed: details.subseed &+ UInt64(picture.index), width: picture.width,
            height: picture.height)
    }

    /// The same, of numbers.
    borrowing func infotext(seed: UInt64, subseed: UInt64, width: Int, height: Int) -> SecretBytes {
        var text = ByteBuffer()
        text.reserveCapacity(2_048 + prompt.utf8Count + negativePrompt.utf8Count)
        text.write(prompt)
        if negativePrompt.utf8Count > 0 {
            text.writeStaticString("\nNegative prompt: ")
            text.write(negativePrompt)
        }
        var entries = [
            "Steps: \(settings.steps)", "Sampler: \(details.sampler.name)",
            "Schedule type: \(details.sampler.scheduler.label)", "CFG scale: \(settings.guidanceScale)",
            "Seed: \(seed)", "Size: \(width)x\(height)", "Model: \(model)",
        ]
        if settings.variationStrength > 0 {
            entries += ["Variation seed: \(subseed)", "Variation seed strength: \(settings.variationStrength)"]
        }
        if settings.noiseSize != nil {
            entries.append("Seed resize from: \(details.noiseWidth)x\(details.noiseHeight)")
        }
        if details.task == .imageToImage { entries.append("Denoising strength: \(settings.strength)") }
        if settings.clipSkip > 0 { entries.append("Clip skip: \(settings.clipSkip + 1)") }
        if settings.noiseSeedDelta != 0 { entries.append("ENSD: \(settings.noiseSeedDelta)") }
        entries += extraEntries.map { "\($0.name): \($0.value)" }
        entries.append("Version: mystarion")
        text.writeString("\n" + entries.joined(separator: ", "))
        let secret = SecretBytes(text.readableBytesView)
        text.erase()
        return secret
    }

    /// What A1111 calls extra parameters, as far as they are not as usual.
    private var extraEntries: [(name: String, value: String)] {
        var entries: [(name: String, value: String)] = []
        if let eta = settings.eta { entries.append(("Eta", "\(eta)")) }
        if settings.churn != 0 { entries.append(("Sigma churn", "\(settings.churn)")) }
        if settings.churnMinimum != 0 { entries.append(("Sigma tmin", "\(settings.churnMinimum)")) }
        if settings.churnMaximum.isFinite { entries.append(("Sigma tmax", "\(settings.churnMaximum)")) }
        if settings.noiseScale != 1 { entries.append(("Sigma noise", "\(settings.noiseScale)")) }
        guard details.hasMask else { return entries }
        entries.append(("Mask blur", "\(settings.maskBlur)"))
        let (isOnlyMasked, padding) = onlyMasked
        if isOnlyMasked { entries += [("Inpaint area", "Only masked"), ("Masked area padding", "\(padding)")] }
        return entries
    }
}

extension ByteBuffer {
    /// Appends what was seen of a prompt, and says whether it was not all of it.
    fileprivate mutating func writeDrawnPrompt(of picture: Picture, negative: Bool) -> Bool {
        guard let drawn = picture.drawnPrompts else { return false }
        if negative {
            switch drawn.negativePrompt {
            case .some(let prompt): writeJSONString(prompt)
            case .none: return false
            }
        } else {
            switch drawn.prompt {
            case .some(let prompt): writeJSONString(prompt)
            case .none: return false
            }
        }
        return true
    }
}
