internal import NIOCore
internal import Privacy
internal import Studio

extension A1111Answer {
    /// What came of the request, as `Processed.js` of A1111's `modules/processing.py` says it.
    ///
    /// - Parameters:
    ///   - seeds: Those of the pictures that came of it.
    ///   - info: Gets the object.
    borrowing func writeInfo(of seeds: [UInt64], to info: inout ByteBuffer) {
        let first = settings.seed ?? 0
        let all = (0..<settings.count).map { "\(first &+ UInt64($0))" }.joined(separator: ",")
        let subseeds = Array(repeating: "-1", count: settings.count).joined(separator: ",")

        writePrompts(to: &info)
        info.writeStaticString(#","all_prompts":["#)
        for index in 0..<settings.count {
            if index > 0 { info.writeStaticString(",") }
            info.writeJSONString(prompt)
        }
        info.writeStaticString(#"],"all_negative_prompts":["#)
        for index in 0..<settings.count {
            if index > 0 { info.writeStaticString(",") }
            info.writeJSONString(negativePrompt)
        }
        info.writeString(
            #"],"seed":\#(first),"all_seeds":[\#(all)],"subseed":-1,"all_subseeds":[\#(subseeds)],"subseed_strength":0,"#
                + #""width":\#(settings.width),"height":\#(settings.height),"sampler_name":"#)
        info.writeJSONString(details.sampler.name)
        info.writeString(
            #","cfg_scale":\#(settings.guidanceScale),"steps":\#(settings.steps),"batch_size":\#(details.batchSize),"#
                + #""restore_faces":false,"face_restoration_model":null,"sd_model_name":"#)
        info.writeJSONString(model)
        let strength = details.task == .imageToImage ? "\(settings.strength)" : "null"
        info.writeString(
            #","sd_model_hash":null,"sd_vae_name":null,"sd_vae_hash":null,"seed_resize_from_w":-1,"#
                + #""seed_resize_from_h":-1,"denoising_strength":\#(strength),"extra_generation_params":{},"#
                + #""index_of_first_image":0,"infotexts":["#)
        for (index, seed) in seeds.enumerated() {
            if index > 0 { info.writeStaticString(",") }
            infotext(seed: seed).withBytes { info.writeJSONString(utf8: $0) }
        }
        info.writeString(
            #"],"styles":[],"job_timestamp":"\#(timestamp())","clip_skip":\#(settings.clipSkip + 1),"#
                + #""is_using_inpainting_conditioning":false,"version":"mystarion"}"#)
    }

    /// How to make one of the pictures again, in the text that A1111 writes into pictures and reads from them.
    borrowing func infotext(seed: UInt64) -> SecretBytes {
        var text = ByteBuffer()
        text.reserveCapacity(1_024 + prompt.utf8Count + negativePrompt.utf8Count)
        text.write(prompt)
        if negativePrompt.utf8Count > 0 {
            text.writeStaticString("\nNegative prompt: ")
            text.write(negativePrompt)
        }
        var entries = [
            "Steps: \(settings.steps)", "Sampler: \(details.sampler.name)",
            "Schedule type: \(details.sampler.scheduler.label)", "CFG scale: \(settings.guidanceScale)",
            "Seed: \(seed)", "Size: \(settings.width)x\(settings.height)", "Model: \(model)",
        ]
        if details.task == .imageToImage { entries.append("Denoising strength: \(settings.strength)") }
        if settings.clipSkip > 0 { entries.append("Clip skip: \(settings.clipSkip + 1)") }
        if details.hasMask {
            entries.append("Mask blur: \(settings.maskBlur)")
            let (isOnlyMasked, padding) = onlyMasked
            if isOnlyMasked { entries += ["Inpaint area: Only masked", "Masked area padding: \(padding)"] }
        }
        entries.append("Version: mystarion")
        text.writeString("\n" + entries.joined(separator: ", "))
        let secret = SecretBytes(text.readableBytesView)
        text.erase()
        return secret
    }
}
