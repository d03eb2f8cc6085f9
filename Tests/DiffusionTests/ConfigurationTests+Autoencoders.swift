import Diffusion
import Testing

/// What the `config.json` of autoencoders says.
extension ConfigurationTests {
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

    @Test("null is as good as absent")
    func nulls() throws {
        let keys = [
            "in_channels", "out_channels", "down_block_types", "up_block_types", "block_out_channels",
            "layers_per_block",
            "act_fn", "latent_channels", "norm_num_groups", "scaling_factor", "shift_factor", "latents_mean",
            "latents_std", "use_quant_conv", "use_post_quant_conv", "mid_block_add_attention",
        ]
        let absent: AutoencoderKLConfiguration = try decode("{}")
        #expect(absent.scalingFactor == 0.18215)
        for key in keys {
            let null: AutoencoderKLConfiguration = try decode("{\"\(key)\": null}")
            #expect(null == absent, "\(key)")
        }
        let tiny: AutoencoderTinyConfiguration = try decode("{}")
        for key in ["scaling_factor", "shift_factor", "num_encoder_blocks", "act_fn", "upsampling_scaling_factor"] {
            let null: AutoencoderTinyConfiguration = try decode("{\"\(key)\": null}")
            #expect(null == tiny, "\(key)")
        }
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
}
