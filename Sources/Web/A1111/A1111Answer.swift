internal import HTTPTypes
internal import Hummingbird
internal import Imaging
internal import NIOCore
internal import Privacy
internal import Studio

/// The answer to a request for pictures in A1111's form. It holds the prompts again, and goes only to whoever sent
/// them.
struct A1111Answer: ~Copyable, Sendable {
    let prompt: Prompt
    let negativePrompt: Prompt
    let settings: GenerationSettings
    let details: A1111Details
    /// The model's id.
    let model: String

    /// `{"images","parameters","info"}`: pictures in Base64, the request, and what came of it as text in JSON.
    borrowing func response(_ pictures: [Picture]) async throws -> Response {
        var body = ByteBuffer()
        body.writeStaticString(#"{"images":["#)
        var count = 0
        for picture in pictures {
            let parameters = details.embedsParameters ? infotext(of: picture) : nil
            guard details.sendsImages,
                let text = try await picture.encode(
                    as: details.format, quality: details.quality, parameters: parameters,
                    into: { ByteBuffer(base64: $0) })
            else { continue }
            body.writeStaticString(count > 0 ? #",""# : #"""#)
            body.writeImmutableBuffer(text)
            body.writeStaticString(#"""#)
            count += 1
        }
        body.writeStaticString(#"],"parameters":"#)
        writeParameters(to: &body)
        body.writeStaticString(#","info":"#)
        var info = ByteBuffer()
        // Growing would leave copies of the prompts behind.
        info.reserveCapacity(16_384 + 8 * (prompt.utf8Count + negativePrompt.utf8Count) * (pictures.count + 2))
        writeInfo(of: pictures, to: &info)
        info.readableBytesView.withContiguousStorageIfAvailable { body.writeJSONString(utf8: $0.span) }
        info.erase()
        body.writeStaticString("}")
        // The request's stream has been given up to learn of the client's leaving: the connection ends here.
        return Response(
            status: .ok, headers: [.contentType: "application/json", .connection: "close"],
            body: ResponseBody(byteBuffer: body))
    }

    /// Refuses parameters that are to be written into the pictures' files and are longer than those can hold, before any
    /// work is done.
    borrowing func requireWritableParameters() throws(WebError) {
        guard details.embedsParameters else { return }
        // The longest seeds stand for all.
        let longest = infotext(
            seed: .max, subseed: .max, width: RequestLimits().sides.upperBound, height: RequestLimits().sides.upperBound
        )
        let metadata = PictureMetadata(source: .trainedAlgorithmicMedia, parameters: longest)
        do {
            try metadata.check(for: details.format)
        } catch {
            throw .badRequest(.invalidValue, error.description, parameter: "embed_parameters")
        }
    }

    /// The request as it was understood. Pictures are not sent back.
    private borrowing func writeParameters(to body: inout ByteBuffer) {
        writePrompts(to: &body)
        let (seed, subseed) = (details.requestedSeed, details.requestedSubseed)
        body.writeString(
            #","styles":[],"seed":\#(seed.map(String.init) ?? "-1"),"subseed":\#(subseed.map(String.init) ?? "-1"),"#
                + #""subseed_strength":\#(settings.variationStrength),"seed_resize_from_h":\#(details.noiseHeight),"#
                + #""seed_resize_from_w":\#(details.noiseWidth),"sampler_name":"#)
        body.writeJSONString(details.sampler.name)
        body.writeString(
            #","scheduler":"\#(details.sampler.scheduler.label)","batch_size":\#(details.batchSize),"#
                + #""n_iter":\#(details.iterations),"steps":\#(settings.steps),"cfg_scale":\#(settings.guidanceScale),"#
                + #""width":\#(settings.width),"height":\#(settings.height),"restore_faces":false,"tiling":false,"#
                + #""do_not_save_samples":true,"do_not_save_grid":true,"eta":\#(settings.eta.map { "\($0)" } ?? "null"),"#
                + #""s_churn":\#(settings.churn),"s_tmin":\#(settings.churnMinimum),"s_tmax":\#(finite(settings.churnMaximum)),"#
                + #""s_noise":\#(settings.noiseScale),"override_settings":{},"#
                + #""override_settings_restore_afterwards":true,"script_name":null,"script_args":[],"#
                + #""alwayson_scripts":{},"send_images":\#(details.sendsImages),"save_images":false"#)
        switch details.task {
        case .textToImage:
            body.writeStaticString(#","denoising_strength":null,"enable_hr":false"#)
        case .imageToImage:
            let (isOnlyMasked, padding) = onlyMasked
            body.writeString(
                #","denoising_strength":\#(settings.strength),"init_images":null,"include_init_images":false,"mask":null,"#
                    + #""resize_mode":\#(details.resizeMode),"mask_blur":\#(settings.maskBlur),"#
                    + #""mask_blur_x":\#(settings.maskBlur),"mask_blur_y":\#(settings.maskBlurDown ?? settings.maskBlur),"#
                    + #""inpainting_fill":\#(details.maskFill),"inpaint_full_res":\#(isOnlyMasked),"#
                    + #""inpaint_full_res_padding":\#(padding),"inpainting_mask_invert":\#(details.maskIsInverted ? 1 : 0)"#
            )
        }
        body.writeStaticString("}")
    }

    /// A noise level as JSON can have it: the web UI's word for no bound is 0.
    private func finite(_ level: Float) -> Float { level.isFinite ? level : 0 }

    /// Begins an object with both prompts.
    borrowing func writePrompts(to body: inout ByteBuffer) {
        body.writeStaticString(#"{"prompt":"#)
        body.writeJSONString(prompt)
        body.writeStaticString(#","negative_prompt":"#)
        body.writeJSONString(negativePrompt)
    }

    /// Whether only what is under the mask is drawn, and how many pixels around it.
    var onlyMasked: (Bool, padding: Int) {
        switch settings.inpaintArea {
        case .wholePicture: (false, 0)
        case .onlyMasked(let padding): (true, padding)
        }
    }
}
