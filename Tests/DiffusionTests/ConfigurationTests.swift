import Diffusion
import Foundation
import Testing

@Suite("Configuration files")
struct ConfigurationTests {
    // MARK: U-nets

    @Test("Stable Diffusion 1.5's U-net has eight heads everywhere and attention at three of four resolutions")
    func stableDiffusion15() throws {
        let unet: UNet2DConditionConfiguration = try decode(ConfigurationTexts.unet15)
        #expect(unet.blockOutChannels == [320, 640, 1280, 1280])
        #expect(unet.attentionHeadCounts == [8, 8, 8, 8])
        #expect(unet.crossAttentionDimensions == [768, 768, 768, 768])
        #expect(unet.downBlockTypes == [.crossAttention, .crossAttention, .crossAttention, .plain])
        #expect(unet.midBlockType == .crossAttention)
        #expect(unet.upBlockTypes == [.plain, .crossAttention, .crossAttention, .crossAttention])
        #expect(unet.layersPerBlock == [2, 2, 2, 2])
        #expect(unet.downTransformerLayers == [[1, 1], [1, 1], [1, 1], [1, 1]])
        #expect(unet.upTransformerLayers == [[1, 1, 1], [1, 1, 1], [1, 1, 1], [1, 1, 1]])
        #expect(unet.midTransformerLayers == 1)
        #expect(unet.sampleHeight == 64 && unet.sampleWidth == 64)
        #expect(unet.timeEmbeddingDimension == 1280)
        #expect(!unet.usesLinearProjection)
        #expect(unet.textTimeEmbedding == nil && unet.timeConditionDimension == nil)
        #expect(unet.normEpsilon == 1e-5 && unet.normGroupCount == 32 && unet.downsamplePadding == 1)
        #expect(unet.flipSinToCos && unet.frequencyShift == 0)
        #expect(unet.downsamplingCount == 3)
    }

    @Test("Stable Diffusion 2.1's U-net has a number of heads for each resolution and projects linearly")
    func stableDiffusion21() throws {
        let unet: UNet2DConditionConfiguration = try decode(ConfigurationTexts.unet21)
        #expect(unet.attentionHeadCounts == [5, 10, 20, 20])
        #expect(unet.crossAttentionDimensions == [1024, 1024, 1024, 1024])
        #expect(unet.usesLinearProjection)
        #expect(unet.sampleHeight == 96)
    }

    @Test("SD-Turbo's U-net is Stable Diffusion 2.1's at 64 × 64")
    func turbo() throws {
        let unet: UNet2DConditionConfiguration = try decode(ConfigurationTexts.unetTurbo)
        #expect(unet.attentionHeadCounts == [5, 10, 20, 20])
        #expect(unet.usesLinearProjection)
        #expect(unet.sampleHeight == 64)
    }

    @Test("Stable Diffusion XL's U-net has deeper transformers at coarser resolutions and embeds sizes")
    func stableDiffusionXL() throws {
        let unet: UNet2DConditionConfiguration = try decode(ConfigurationTexts.unetXL)
        #expect(unet.downTransformerLayers == [[1, 1], [2, 2], [10, 10]])
        #expect(unet.midTransformerLayers == 10)
        #expect(unet.upTransformerLayers == [[10, 10, 10], [2, 2, 2], [1, 1, 1]])
        #expect(unet.textTimeEmbedding?.timeDimension == 256)
        #expect(unet.textTimeEmbedding?.inputDimension == 2816)
        #expect(unet.attentionHeadCounts == [5, 10, 20])
        #expect(unet.downBlockTypes == [.plain, .crossAttention, .crossAttention])
    }

    @Test("Stable Diffusion XL's refiner has four resolutions and four transformer layers each")
    func refiner() throws {
        let unet: UNet2DConditionConfiguration = try decode(ConfigurationTexts.unetRefiner)
        #expect(unet.blockOutChannels == [384, 768, 1536, 1536])
        #expect(unet.attentionHeadCounts == [6, 12, 24, 24])
        #expect(unet.midTransformerLayers == 4)
        #expect(unet.textTimeEmbedding?.timeDimension == 256)
        #expect(unet.textTimeEmbedding?.inputDimension == 2560)
    }

    @Test("a latent consistency model's U-net embeds the guidance scale")
    func latentConsistency() throws {
        let unet: UNet2DConditionConfiguration = try decode(ConfigurationTexts.unetLCM)
        #expect(unet.timeConditionDimension == 256)
    }

    @Test("a file that says nothing means what diffusers' initialisers say")
    func defaults() throws {
        let unet: UNet2DConditionConfiguration = try decode("{}")
        #expect(unet.crossAttentionDimensions == [1280, 1280, 1280, 1280])
        #expect(unet.attentionHeadCounts == [8, 8, 8, 8])
        #expect(unet.sampleHeight == nil)
        let autoencoder: AutoencoderKLConfiguration = try decode("{}")
        #expect(autoencoder.blockOutChannels == [64] && autoencoder.layersPerBlock == 1)
        #expect(autoencoder.scalingFactor == 0.18215)
        let tiny: AutoencoderTinyConfiguration = try decode("{}")
        #expect(tiny.encoderBlockCounts == [1, 3, 3, 3] && tiny.decoderBlockCounts == [3, 3, 3, 1])
        let clip: CLIPTextConfiguration = try decode("{}")
        #expect(clip.hiddenSize == 512 && clip.endOfTextToken == 49407 && clip.projectionDimension == 512)
        let bert: BertConfiguration = try decode("{}")
        #expect(bert.hiddenSize == 768 && bert.layerNormEpsilon == 1e-12)
    }

    @Test("a null middle block means none, and an absent one the usual one")
    func middleBlock() throws {
        let none: UNet2DConditionConfiguration = try decode(#"{"mid_block_type": null}"#)
        #expect(none.midBlockType == nil)
        let plain: UNet2DConditionConfiguration = try decode(#"{"mid_block_type": "UNetMidBlock2D"}"#)
        #expect(plain.midBlockType == .plain)
    }

    @Test("transformer layers may differ within a block when the file says how they do on the way up")
    func asymmetricTransformers() throws {
        let unet: UNet2DConditionConfiguration = try decode(ConfigurationTexts.unetAsymmetric)
        #expect(unet.downTransformerLayers == [[0, 0], [2, 2], [4, 1]])
        #expect(unet.midTransformerLayers == 4)
        #expect(unet.upTransformerLayers == [[4, 4, 10], [2, 1, 1], [1, 1, 1]])
        let error = refusal(
            of: UNet2DConditionConfiguration.self, #"{"transformer_layers_per_block": [[1, 2], 1, 1, 1]}"#)
        #expect(error?.key == "reverse_transformer_layers_per_block" && error?.problem == .missingKey)
    }

    @Test("an explicit number of heads is preferred to the misnamed key")
    func explicitHeads() throws {
        let unet: UNet2DConditionConfiguration = try decode(
            #"{"num_attention_heads": [2, 4, 8, 8], "attention_head_dim": 64}"#)
        #expect(unet.attentionHeadCounts == [2, 4, 8, 8])
    }

    @Test(
        "an option that the U-net does not compute is refused by key, value and choice",
        arguments: [
            ("act_fn", #""mish""#), ("addition_embed_type", #""image""#), ("attention_type", #""gated""#),
            ("center_input_sample", "true"), ("num_class_embeds", "1000"), ("class_embed_type", #""timestep""#),
            ("class_embeddings_concat", "true"), ("conv_in_kernel", "1"), ("conv_out_kernel", "5"),
            ("cross_attention_norm", #""group_norm""#), ("dual_cross_attention", "true"), ("encoder_hid_dim", "4096"),
            ("encoder_hid_dim_type", #""text_proj""#), ("mid_block_only_cross_attention", "true"),
            ("mid_block_scale_factor", "1.414"), ("resnet_out_scale_factor", "1.5"), ("resnet_skip_time_act", "true"),
            ("time_embedding_act_fn", #""gelu""#), ("time_embedding_type", #""fourier""#),
            ("resnet_time_scale_shift", #""scale_shift""#), ("timestep_post_act", #""silu""#),
            ("only_cross_attention", "true"), ("only_cross_attention", "[true, true, true, false]"),
            ("down_block_types", #"["KDownBlock2D", "DownBlock2D", "DownBlock2D", "DownBlock2D"]"#),
            ("up_block_types", #"["SimpleCrossAttnUpBlock2D", "UpBlock2D", "UpBlock2D", "UpBlock2D"]"#),
            ("mid_block_type", #""UNetMidBlock2DSimpleCrossAttn""#),
        ])
    func unsupportedUNet(key: String, value: String) throws {
        let error = try #require(refusal(of: UNet2DConditionConfiguration.self, #"{"\#(key)": \#(value)}"#))
        #expect(error.problem == .unsupported)
        #expect(error.key == key)
        #expect(error.file == "unet/config.json")
        #expect(error.found != nil && !error.allowed.isEmpty)
        #expect(error.description.contains(key) && error.description.contains(error.allowed))
    }

    @Test(
        "the values that are allowed beside the default ones are taken",
        arguments: [
            #"{"act_fn": "swish"}"#, #"{"only_cross_attention": [false, false, false, false]}"#,
            #"{"mid_block_scale_factor": 1.0}"#, #"{"mid_block_only_cross_attention": false}"#,
            #"{"sample_size": [64, 96]}"#, #"{"sample_size": null}"#, #"{"dropout": 0.1, "upcast_attention": true}"#,
            #"{"a key from the future": {"nested": [1, 2.5, "x", null]}}"#,
        ])
    func allowed(text: String) throws {
        let _: UNet2DConditionConfiguration = try decode(text)
    }

    @Test(
        "a U-net's sizes are checked",
        arguments: [
            (#"{"block_out_channels": [320, 640, 1280]}"#, "down_block_types", ConfigurationError.Problem.inconsistent),
            (#"{"block_out_channels": [330, 640, 1280, 1280]}"#, "norm_num_groups", .inconsistent),
            (#"{"block_out_channels": [0, 640, 1280, 1280]}"#, "block_out_channels", .outOfRange),
            (#"{"block_out_channels": [320, 640, 1280, 16384]}"#, "block_out_channels", .outOfRange),
            (#"{"block_out_channels": []}"#, "block_out_channels", .outOfRange),
            (#"{"block_out_channels": 320}"#, "block_out_channels", .wrongType),
            (#"{"block_out_channels": [3, 3, 3, 3], "norm_num_groups": 3}"#, "block_out_channels", .inconsistent),
            (#"{"attention_head_dim": 7}"#, "attention_head_dim", .inconsistent),
            (#"{"attention_head_dim": [8, 8]}"#, "attention_head_dim", .inconsistent),
            (#"{"num_attention_heads": 7}"#, "num_attention_heads", .inconsistent),
            (#"{"attention_head_dim": 0}"#, "attention_head_dim", .outOfRange),
            (#"{"attention_head_dim": "8"}"#, "attention_head_dim", .wrongType),
            (#"{"layers_per_block": 101}"#, "layers_per_block", .outOfRange),
            (#"{"layers_per_block": -1}"#, "layers_per_block", .outOfRange),
            (#"{"layers_per_block": [2, 2]}"#, "layers_per_block", .inconsistent),
            (#"{"transformer_layers_per_block": [1, 2]}"#, "transformer_layers_per_block", .inconsistent),
            (#"{"transformer_layers_per_block": 1000}"#, "transformer_layers_per_block", .outOfRange),
            (#"{"transformer_layers_per_block": [[1], 1, 1, 1]}"#, "transformer_layers_per_block", .inconsistent),
            (#"{"cross_attention_dim": [768, 768]}"#, "cross_attention_dim", .inconsistent),
            (#"{"cross_attention_dim": null}"#, "cross_attention_dim", .wrongType),
            (#"{"norm_num_groups": null}"#, "norm_num_groups", .wrongType),
            (#"{"norm_eps": -1}"#, "norm_eps", .outOfRange),
            (#"{"norm_eps": "small"}"#, "norm_eps", .wrongType),
            (#"{"in_channels": 4.5}"#, "in_channels", .wrongType),
            (#"{"flip_sin_to_cos": 1}"#, "flip_sin_to_cos", .wrongType),
            (#"{"sample_size": "big"}"#, "sample_size", .wrongType),
            (#"{"downsample_padding": 2}"#, "downsample_padding", .outOfRange),
            (#"{"addition_embed_type": "text_time"}"#, "addition_time_embed_dim", .missingKey),
            (
                #"{"addition_embed_type": "text_time", "addition_time_embed_dim": 256}"#,
                "projection_class_embeddings_input_dim", .missingKey
            ),
        ])
    func unetSizes(text: String, key: String, problem: ConfigurationError.Problem) throws {
        let error = try #require(refusal(of: UNet2DConditionConfiguration.self, text))
        #expect(error.key == key)
        #expect(error.problem == problem)
    }

    // MARK: Autoencoders

    @Test("Stable Diffusion's autoencoder is read, and XL's differs in its scaling")
    func autoencoders() throws {
        let autoencoder: AutoencoderKLConfiguration = try decode(ConfigurationTexts.autoencoder15)
        #expect(autoencoder.blockOutChannels == [128, 256, 512, 512])
        #expect(autoencoder.layersPerBlock == 2 && autoencoder.latentChannels == 4)
        #expect(autoencoder.scale == 8 && autoencoder.scalingFactor == 0.18215)
        #expect(autoencoder.usesQuantConvolution && autoencoder.usesPostQuantConvolution)
        #expect(autoencoder.hasMidBlockAttention)
        let xl: AutoencoderKLConfiguration = try decode(ConfigurationTexts.autoencoderXL)
        #expect(xl.scalingFactor == 0.13025)
    }

    @Test("the tiny autoencoder is read")
    func tinyAutoencoder() throws {
        let tiny: AutoencoderTinyConfiguration = try decode(ConfigurationTexts.taesd)
        #expect(tiny.encoderChannels == 64 && tiny.decoderChannels == 64)
        #expect(tiny.scale == 8 && tiny.scalingFactor == 1 && tiny.latentChannels == 4)
    }

    @Test(
        "an autoencoder that this engine does not compute is refused",
        arguments: [
            ("act_fn", #""relu""#, ConfigurationError.Problem.unsupported), ("shift_factor", "0.1159", .unsupported),
            ("latents_mean", "[0, 0, 0, 0]", .unsupported), ("latents_std", "[1, 1, 1, 1]", .unsupported),
            ("down_block_types", #"["AttnDownEncoderBlock2D"]"#, .unsupported),
            ("up_block_types", #"["AttnUpDecoderBlock2D"]"#, .unsupported),
            ("up_block_types", #"["UpDecoderBlock2D", "UpDecoderBlock2D"]"#, .inconsistent),
            ("down_block_types", #"["DownEncoderBlock2D", "DownEncoderBlock2D"]"#, .inconsistent),
            ("norm_num_groups", "24", .inconsistent), ("latent_channels", "0", .outOfRange),
            ("layers_per_block", "[1, 2]", .wrongType), ("scaling_factor", "0", .outOfRange),
        ])
    func unsupportedAutoencoder(key: String, value: String, problem: ConfigurationError.Problem) throws {
        let error = try #require(refusal(of: AutoencoderKLConfiguration.self, #"{"\#(key)": \#(value)}"#))
        #expect(error.key == key)
        #expect(error.problem == problem)
    }

    @Test(
        "a tiny autoencoder that this engine does not compute is refused",
        arguments: [
            ("act_fn", #""silu""#, ConfigurationError.Problem.unsupported),
            ("upsample_fn", #""bilinear""#, .unsupported),
            ("upsampling_scaling_factor", "4", .unsupported), ("shift_factor", "0.5", .unsupported),
            ("encoder_block_out_channels", "[32, 64, 64, 64]", .unsupported),
            ("decoder_block_out_channels", "[64, 64]", .inconsistent), ("num_encoder_blocks", "[1, 3]", .inconsistent),
            ("num_decoder_blocks", "[3, 3, 3, 1000]", .outOfRange), ("scaling_factor", "true", .wrongType),
        ])
    func unsupportedTinyAutoencoder(key: String, value: String, problem: ConfigurationError.Problem) throws {
        let error = try #require(refusal(of: AutoencoderTinyConfiguration.self, #"{"\#(key)": \#(value)}"#))
        #expect(error.problem == problem)
        #expect(["encoder_block_out_channels", "decoder_block_out_channels"].contains(error.key) || error.key == key)
    }

    // MARK: Text encoders

    @Test("the CLIP text encoders of Stable Diffusion 1.5, 2.1 and XL are read")
    func clip() throws {
        let small: CLIPTextConfiguration = try decode(ConfigurationTexts.clip15)
        #expect(small.hiddenSize == 768 && small.hiddenLayerCount == 12 && small.attentionHeadCount == 12)
        #expect(small.hiddenActivation == .quickGELU && small.poolsHighestToken)
        let open: CLIPTextConfiguration = try decode(ConfigurationTexts.clip21)
        #expect(open.hiddenSize == 1024 && open.hiddenLayerCount == 23 && open.hiddenActivation == .gelu)
        let big: CLIPTextConfiguration = try decode(ConfigurationTexts.clipXL2)
        #expect(big.hiddenSize == 1280 && big.projectionDimension == 1280 && big.hiddenLayerCount == 32)
        let recent: CLIPTextConfiguration = try decode(#"{"eos_token_id": 49407}"#)
        #expect(!recent.poolsHighestToken)
    }

    @Test(
        "a CLIP text encoder that this engine does not compute is refused",
        arguments: [
            ("hidden_act", #""relu""#, ConfigurationError.Problem.unsupported),
            ("model_type", #""clip""#, .unsupported),
            ("use_attention_mask", "true", .unsupported), ("text_config", #"{"hidden_size": 768}"#, .unsupported),
            ("num_attention_heads", "7", .inconsistent),
            ("eos_token_id", "49408", .inconsistent), ("vocab_size", "0", .outOfRange),
            ("hidden_size", "99999", .outOfRange),
            ("num_hidden_layers", "1000", .outOfRange), ("layer_norm_eps", "null", .wrongType),
        ])
    func unsupportedCLIP(key: String, value: String, problem: ConfigurationError.Problem) throws {
        let error = try #require(refusal(of: CLIPTextConfiguration.self, #"{"\#(key)": \#(value)}"#))
        #expect(error.key == key)
        #expect(error.problem == problem)
    }

    @Test(
        "a BERT text encoder is read, and one that this engine does not compute is refused",
        arguments: [
            ("hidden_act", #""relu""#, ConfigurationError.Problem.unsupported),
            ("model_type", #""roberta""#, .unsupported),
            ("position_embedding_type", #""relative_key""#, .unsupported), ("is_decoder", "true", .unsupported),
            ("add_cross_attention", "true", .unsupported),
            ("use_attention_mask", "true", .unsupported), ("num_attention_heads", "7", .inconsistent),
            ("type_vocab_size", "0", .outOfRange),
        ])
    func bert(key: String, value: String, problem: ConfigurationError.Problem) throws {
        let bert: BertConfiguration = try decode(ConfigurationTexts.bert)
        #expect(bert.hiddenSize == 384 && bert.hiddenLayerCount == 6 && bert.intermediateSize == 1536)
        let error = try #require(refusal(of: BertConfiguration.self, #"{"\#(key)": \#(value)}"#))
        #expect(error.key == key)
        #expect(error.problem == problem)
    }

    // MARK: The model as a whole

    @Test("a model's index names its pipeline and its parts, without those that are null")
    func modelIndex() throws {
        let index: ModelIndex = try decode(ConfigurationTexts.index15)
        #expect(index.pipelineClass == .stableDiffusion && !index.pipelineClass.isXL)
        #expect(index.components["unet"]?.library == "diffusers")
        #expect(index.components["unet"]?.className == "UNet2DConditionModel")
        #expect(index.components["safety_checker"] == nil)
        #expect(index.components.count == 6)
        #expect(try index.requireComponent("vae", oneOf: ["AutoencoderKL", "AutoencoderTiny"]) == "AutoencoderKL")
        let refiner: ModelIndex = try decode(ConfigurationTexts.indexRefiner)
        #expect(refiner.pipelineClass.isXL && refiner.requiresAestheticsScore && !refiner.forcesZerosForEmptyPrompt)
        #expect(refiner.components["text_encoder"] == nil)
    }

    @Test("a model of another kind, or with a part of another kind, is refused")
    func unsupportedModels() throws {
        let flux = try #require(refusal(of: ModelIndex.self, #"{"_class_name": "FluxPipeline"}"#))
        #expect(flux.key == "_class_name" && flux.problem == .unsupported && flux.found == #""FluxPipeline""#)
        let nameless = try #require(refusal(of: ModelIndex.self, "{}"))
        #expect(nameless.key == "_class_name" && nameless.problem == .missingKey)
        let broken = try #require(
            refusal(of: ModelIndex.self, #"{"_class_name": "StableDiffusionPipeline", "unet": ["diffusers"]}"#))
        #expect(broken.key == "unet" && broken.problem == .wrongType)
        let index: ModelIndex = try decode(ConfigurationTexts.index15)
        #expect(throws: ConfigurationError.self) { try index.requireComponent("unet", oneOf: ["Other"]) }
        #expect(throws: ConfigurationError.self) { try index.requireComponent("text_encoder_2", oneOf: ["Any"]) }
    }

    @Test("a model's own suggestions are all optional, and checked when they are there")
    func suggestions() throws {
        let none: BundledDefaults = try decode("{}")
        #expect(none == BundledDefaults())
        let some: BundledDefaults = try decode(
            """
            {"name": "Icons", "description": "Small icons.", "width": 64, "height": 64, "steps": 20,
             "guidance_scale": 4, "sampler": "dpm++-2m", "suggested_prompts": ["a red apple"],
             "prompt_language": "en",
             "styles": [{"name": "Icon", "prompt": "{prompt} icon"},
                        {"name": "Ink", "prompt": "ink of {prompt}", "negative": "colour"}]}
            """)
        #expect(some.name == "Icons" && some.steps == 20 && some.guidanceScale == 4)
        #expect(some.suggestedPrompts == ["a red apple"] && some.promptLanguage == "en")
        #expect(
            some.styles == [
                PromptStyle(name: "Icon", prompt: "{prompt} icon"),
                PromptStyle(name: "Ink", prompt: "ink of {prompt}", negativePrompt: "colour"),
            ])
        for (text, key) in [
            (#"{"steps": 0}"#, "steps"), (#"{"guidance_scale": 51}"#, "guidance_scale"), (#"{"name": 1}"#, "name"),
            (#"{"suggested_prompts": [1]}"#, "suggested_prompts"), (#"{"width": -64}"#, "width"),
            (#"{"styles": {}}"#, "styles"), (#"{"styles": [{"name": "a", "prompt": "no place"}]}"#, "styles"),
            (#"{"styles": [{"name": "", "prompt": "{prompt}"}]}"#, "styles"),
            (#"{"styles": [{"name": "a", "prompt": "{prompt} {prompt}"}]}"#, "styles"),
            (#"{"styles": [{"name": "a", "prompt": "{prompt}", "weight": 1}]}"#, "styles"),
            (#"{"styles": [{"name": "a", "prompt": "{prompt}"}, {"name": "a", "prompt": "{prompt}"}]}"#, "styles"),
        ] {
            #expect(refusal(of: BundledDefaults.self, text)?.key == key)
        }
    }

    // MARK: Files

    @Test("a missing file, a folder in its place, a huge file and broken JSON are told apart")
    func files() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "configuration-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path + "/folder.json", withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let huge = Data(repeating: UInt8(ascii: " "), count: ComponentFolder.largestConfiguration + 1)
        try huge.write(to: URL(fileURLWithPath: path + "/huge.json"))
        try Data("{\n  \"steps\": 4,\n  \"name\" \"x\"\n}".utf8).write(to: URL(fileURLWithPath: path + "/broken.json"))
        try Data([0x7B, 0xFF, 0xFE]).write(to: URL(fileURLWithPath: path + "/bytes.json"))
        try Data("[]".utf8).write(to: URL(fileURLWithPath: path + "/list.json"))
        try Data().write(to: URL(fileURLWithPath: path + "/empty.json"))
        try Data("{\"steps\": 4}".utf8).write(to: URL(fileURLWithPath: path + "/good.json"))
        try FileManager.default.createSymbolicLink(
            atPath: path + "/link.json", withDestinationPath: path + "/good.json")

        let folder = ComponentFolder(path)
        for (name, problem) in [
            ("absent.json", ConfigurationError.Problem.missingFile), ("folder.json", .unreadableFile),
            ("huge.json", .fileTooLarge), ("broken.json", .invalidJSON), ("bytes.json", .invalidJSON),
            ("list.json", .invalidJSON), ("empty.json", .invalidJSON),
        ] {
            let error = try #require(
                throws: ConfigurationError.self,
                performing: { try folder.configuration(BundledDefaults.self, from: name) })
            #expect(error.problem == problem, "\(name)")
            #expect(error.file == path + "/" + name && error.key == nil)
        }
        let broken = try #require(
            throws: ConfigurationError.self,
            performing: { try folder.configuration(BundledDefaults.self, from: "broken.json") })
        #expect(broken.description.contains("line 3"))
        #expect(try folder.configuration(BundledDefaults.self, from: "link.json").steps == 4)
        #expect(folder.contains("good.json") && !folder.contains("absent.json"))
    }

    @Test("JSON nested deeper than any configuration is refused, not followed")
    func deepNesting() throws {
        let text = #"{"unknown": "# + String(repeating: "[", count: 100_000)
        #expect(refusal(of: UNet2DConditionConfiguration.self, text)?.problem == .invalidJSON)
        let closed = #"{"act_fn": "# + String(repeating: "[", count: 400) + String(repeating: "]", count: 400) + "}"
        #expect(refusal(of: UNet2DConditionConfiguration.self, closed)?.key == "act_fn")
    }

    @Test("every model that diffusers and transformers saved for the other tests is read")
    func fixtures() throws {
        let root = ComponentFolder(#filePath).path.replacing(
            "/DiffusionTests/ConfigurationTests.swift", with: "/Fixtures/data")
        func folders(_ part: String) throws -> [ComponentFolder] {
            try FileManager.default.contentsOfDirectory(atPath: "\(root)/\(part)").map {
                ComponentFolder("\(root)/\(part)/\($0)")
            }
        }
        for folder in try folders("unets") {
            let _: UNet2DConditionConfiguration = try folder.configuration()
        }
        for folder in try folders("autoencoders") {
            if folder.path.hasSuffix("tiny") {
                let _: AutoencoderTinyConfiguration = try folder.configuration()
            } else {
                let _: AutoencoderKLConfiguration = try folder.configuration()
            }
        }
        for folder in try folders("encoders") {
            if folder.path.contains("bert") {
                let _: BertConfiguration = try folder.configuration()
            } else {
                let _: CLIPTextConfiguration = try folder.configuration()
            }
        }
        for folder in try folders("pipelines") {
            let model = folder.folder("model")
            let index: ModelIndex = try model.configuration(from: "model_index.json")
            let _: UNet2DConditionConfiguration = try model.folder("unet").configuration()
            #expect(index.components["unet"]?.className == "UNet2DConditionModel")
            #expect(index.components["safety_checker"] == nil)
        }
    }

    private func decode<Configuration: Decodable>(_ text: String) throws -> Configuration {
        try ComponentFolder.decode(Configuration.self, from: text, at: "unet/config.json")
    }

    private func refusal<Configuration: Decodable>(of type: Configuration.Type, _ text: String) -> ConfigurationError? {
        do {
            _ = try ComponentFolder.decode(type, from: text, at: "unet/config.json")
            return nil
        } catch {
            return error
        }
    }
}
