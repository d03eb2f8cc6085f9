import Diffusion
import Testing

/// What the `config.json` of U-nets says.
extension ConfigurationTests {
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
}
