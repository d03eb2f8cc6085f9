import Diffusion
import Foundation
import NeuralNetwork
import TestSupport
import Testing

/// Whole networks compute what diffusers' and transformers' compute, from folders that those libraries wrote.
@Suite("Networks agree with diffusers and transformers")
struct NetworkParityTests {
    /// One recorded network: its folder and its tensors.
    struct Recording {
        let folder: ComponentFolder
        let weights: Weights
        let expected: Weights
        let device = Device(threads: 2)

        init(_ path: String) throws {
            folder = ComponentFolder(Fixtures.url(path).path)
            weights = try Weights(folder: folder.path)
            expected = try Fixtures.weights(path + "/expected.safetensors")
        }

        func tensor(_ name: String) throws -> Tensor { try expected.tensor(name, on: device) }

        func optional(_ name: String) throws -> Tensor? { expected.contains(name) ? try tensor(name) : nil }

        /// Integers, which the engine reads only as bytes.
        func tokens() throws -> [[Int32]] {
            let shape = try #require(expected.shape(of: "input_ids"))
            let all = try expected.withBytes(of: "input_ids") { bytes, _ in
                (0..<shape[0] * shape[1]).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Int32.self) }
            }
            return (0..<shape[0]).map { Array(all[$0 * shape[1]..<($0 + 1) * shape[1]]) }
        }
    }

    private let tolerance = 1e-4

    @Test(
        "CLIP text encoders", arguments: ["clip-quick-gelu", "clip-gelu", "clip-end-token", "clip-projection"])
    func clip(_ name: String) throws {
        let recording = try Recording("encoders/\(name)")
        let model = try CLIPTextModel(
            recording.weights, configuration: try recording.folder.configuration(),
            hasProjection: name == "clip-projection", on: recording.device)
        let output = model(try recording.tokens())
        #expect(
            output.lastHiddenState.relativeError(to: try recording.tensor("last_hidden_state")) < tolerance)
        // What Stable Diffusion XL takes, and what clip-skip asks for.
        let penultimate = output.hiddenStates.count - 2
        #expect(
            output.hiddenStates[penultimate].relativeError(to: try recording.tensor("hidden_states.\(penultimate)"))
                < tolerance)
        #expect(
            model.normalized(output, skipping: 1).relativeError(to: try recording.tensor("clip_skip.1")) < tolerance)
        let pooled = try recording.tensor(name == "clip-projection" ? "text_embeds" : "pooler_output")
        #expect(output.pooled.relativeError(to: pooled) < tolerance)
    }

    @Test("BERT", arguments: ["bert", "bert-without-pooling"])
    func bert(_ name: String) throws {
        let recording = try Recording("encoders/\(name)")
        let model = try BertModel(
            recording.weights, configuration: try recording.folder.configuration(), on: recording.device)
        let state = model(try recording.tokens())
        #expect(state.relativeError(to: try recording.tensor("last_hidden_state")) < tolerance)
    }

    @Test(
        "U-nets of every family, a timestep a sample",
        arguments: ["sd15", "sd21", "sdxl", "sdxl-refiner", "lcm", "bundled", "no-mid", "asymmetric"])
    func unet(_ name: String) throws {
        let recording = try Recording("unets/\(name)")
        let model = try UNet2DConditionModel(
            recording.weights, configuration: try recording.folder.configuration(), on: recording.device)
        let timeIDs = try recording.optional("time_ids")
        let width = timeIDs?.shape[1] ?? 0
        let conditions = UNet2DConditionModel.Conditions(
            timesteps: try recording.tensor("timestep").elements,
            context: try recording.tensor("encoder_hidden_states"),
            pooled: try recording.optional("text_embeds"),
            timeIDs: timeIDs.map { ids in (0..<2).map { Array(ids.elements[$0 * width..<($0 + 1) * width]) } } ?? [],
            guidance: try recording.optional("timestep_cond"))
        let output = model(try recording.tensor("sample").channelsLast(), conditions)
        #expect(output.channelsFirst().relativeError(to: try recording.tensor("output")) < tolerance)
    }

    @Test("a sample's prediction does not depend on its batch")
    func batchIndependence() throws {
        let recording = try Recording("unets/sd15")
        let model = try UNet2DConditionModel(
            recording.weights, configuration: try recording.folder.configuration(), on: recording.device)
        let (sample, context) = (
            try recording.tensor("sample").channelsLast(), try recording.tensor("encoder_hidden_states")
        )
        let timesteps = try recording.tensor("timestep").elements
        let together = model(sample, .init(timesteps: timesteps, context: context))
        for index in 0..<2 {
            let range = index..<index + 1
            let alone = model(
                sample.samples(range), .init(timesteps: [timesteps[index]], context: context.samples(range)))
            #expect(alone.relativeError(to: together.samples(range)) < 1e-5)
        }
    }

    @Test("the autoencoder, both ways", arguments: ["kl", "kl-without-attention", "kl-without-quantisation"])
    func autoencoderKL(_ name: String) throws {
        let recording = try Recording("autoencoders/\(name)")
        let model = try AutoencoderKL(
            recording.weights, configuration: try recording.folder.configuration(), on: recording.device)
        let image = try recording.tensor("image").channelsLast()
        let (mean, logVariance) = model.distribution(of: image)
        #expect(mean.channelsFirst().relativeError(to: try recording.tensor("mean")) < tolerance)
        #expect(logVariance.channelsFirst().relativeError(to: try recording.tensor("logvar")) < tolerance)
        let noise = try recording.tensor("noise").channelsLast()
        let sample = model.encode(image) { noise }
        #expect(sample.channelsFirst().relativeError(to: try recording.tensor("sample")) < tolerance)
        let decoded = model.decode(try recording.tensor("latent").channelsLast())
        #expect(decoded.channelsFirst().relativeError(to: try recording.tensor("decoded")) < tolerance)
    }

    @Test("the tiny autoencoder, both ways")
    func autoencoderTiny() throws {
        let recording = try Recording("autoencoders/tiny")
        let model = try AutoencoderTiny(
            recording.weights, configuration: try recording.folder.configuration(), on: recording.device)
        let encoded = model.encode(try recording.tensor("image").channelsLast()) {
            Tensor(shape: [0], on: recording.device)
        }
        #expect(encoded.channelsFirst().relativeError(to: try recording.tensor("encoded")) < tolerance)
        let decoded = model.decode(try recording.tensor("latent").channelsLast())
        #expect(decoded.channelsFirst().relativeError(to: try recording.tensor("decoded")) < tolerance)
    }
}
