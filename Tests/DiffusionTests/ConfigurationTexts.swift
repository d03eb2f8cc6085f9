/// The `config.json` files of published models, as their repositories have them.
enum ConfigurationTexts {
    static let unet15 = """
        {
          "_class_name": "UNet2DConditionModel", "_diffusers_version": "0.6.0",
          "act_fn": "silu", "attention_head_dim": 8, "block_out_channels": [320, 640, 1280, 1280],
          "center_input_sample": false, "cross_attention_dim": 768,
          "down_block_types": ["CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"],
          "downsample_padding": 1, "flip_sin_to_cos": true, "freq_shift": 0, "in_channels": 4, "layers_per_block": 2,
          "mid_block_scale_factor": 1, "norm_eps": 1e-05, "norm_num_groups": 32, "out_channels": 4, "sample_size": 64,
          "up_block_types": ["UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"]
        }
        """

    static let unet21 = """
        {
          "_class_name": "UNet2DConditionModel", "_diffusers_version": "0.10.0.dev0",
          "act_fn": "silu", "attention_head_dim": [5, 10, 20, 20], "block_out_channels": [320, 640, 1280, 1280],
          "center_input_sample": false, "cross_attention_dim": 1024,
          "down_block_types": ["CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"],
          "downsample_padding": 1, "dual_cross_attention": false, "flip_sin_to_cos": true, "freq_shift": 0,
          "in_channels": 4, "layers_per_block": 2, "mid_block_scale_factor": 1, "norm_eps": 1e-05,
          "norm_num_groups": 32, "num_class_embeds": null, "only_cross_attention": false, "out_channels": 4,
          "sample_size": 96,
          "up_block_types": ["UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"],
          "use_linear_projection": true, "upcast_attention": true
        }
        """

    static let unetTurbo = """
        {
          "_class_name": "UNet2DConditionModel", "_diffusers_version": "0.24.0.dev0",
          "act_fn": "silu", "addition_embed_type": null, "addition_embed_type_num_heads": 64,
          "addition_time_embed_dim": null, "attention_head_dim": [5, 10, 20, 20], "attention_type": "default",
          "block_out_channels": [320, 640, 1280, 1280], "center_input_sample": false, "class_embed_type": null,
          "class_embeddings_concat": false, "conv_in_kernel": 3, "conv_out_kernel": 3, "cross_attention_dim": 1024,
          "cross_attention_norm": null,
          "down_block_types": ["CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"],
          "downsample_padding": 1, "dropout": 0.0, "dual_cross_attention": false, "encoder_hid_dim": null,
          "encoder_hid_dim_type": null, "flip_sin_to_cos": true, "freq_shift": 0, "in_channels": 4,
          "layers_per_block": 2, "mid_block_only_cross_attention": null, "mid_block_scale_factor": 1,
          "mid_block_type": "UNetMidBlock2DCrossAttn", "norm_eps": 1e-05, "norm_num_groups": 32,
          "num_attention_heads": null, "num_class_embeds": null, "only_cross_attention": false, "out_channels": 4,
          "projection_class_embeddings_input_dim": null, "resnet_out_scale_factor": 1.0,
          "resnet_skip_time_act": false, "resnet_time_scale_shift": "default",
          "reverse_transformer_layers_per_block": null, "sample_size": 64, "time_cond_proj_dim": null,
          "time_embedding_act_fn": null, "time_embedding_dim": null, "time_embedding_type": "positional",
          "timestep_post_act": null, "transformer_layers_per_block": 1,
          "up_block_types": ["UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"],
          "upcast_attention": null, "use_linear_projection": true
        }
        """

    static let unetXL = """
        {
          "_class_name": "UNet2DConditionModel", "_diffusers_version": "0.19.0.dev0",
          "act_fn": "silu", "addition_embed_type": "text_time", "addition_embed_type_num_heads": 64,
          "addition_time_embed_dim": 256, "attention_head_dim": [5, 10, 20], "block_out_channels": [320, 640, 1280],
          "center_input_sample": false, "class_embed_type": null, "class_embeddings_concat": false,
          "conv_in_kernel": 3, "conv_out_kernel": 3, "cross_attention_dim": 2048, "cross_attention_norm": null,
          "down_block_types": ["DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"],
          "downsample_padding": 1, "dual_cross_attention": false, "encoder_hid_dim": null,
          "encoder_hid_dim_type": null, "flip_sin_to_cos": true, "freq_shift": 0, "in_channels": 4,
          "layers_per_block": 2, "mid_block_only_cross_attention": null, "mid_block_scale_factor": 1,
          "mid_block_type": "UNetMidBlock2DCrossAttn", "norm_eps": 1e-05, "norm_num_groups": 32,
          "num_attention_heads": null, "num_class_embeds": null, "only_cross_attention": false, "out_channels": 4,
          "projection_class_embeddings_input_dim": 2816, "resnet_out_scale_factor": 1.0,
          "resnet_skip_time_act": false, "resnet_time_scale_shift": "default", "sample_size": 128,
          "time_cond_proj_dim": null, "time_embedding_act_fn": null, "time_embedding_dim": null,
          "time_embedding_type": "positional", "timestep_post_act": null, "transformer_layers_per_block": [1, 2, 10],
          "up_block_types": ["CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"],
          "upcast_attention": null, "use_linear_projection": true
        }
        """

    static let unetRefiner = """
        {
          "_class_name": "UNet2DConditionModel", "_diffusers_version": "0.19.0.dev0",
          "act_fn": "silu", "addition_embed_type": "text_time", "addition_embed_type_num_heads": 64,
          "addition_time_embed_dim": 256, "attention_head_dim": [6, 12, 24, 24],
          "block_out_channels": [384, 768, 1536, 1536], "center_input_sample": false, "class_embed_type": null,
          "class_embeddings_concat": false, "conv_in_kernel": 3, "conv_out_kernel": 3, "cross_attention_dim": 1280,
          "cross_attention_norm": null,
          "down_block_types": ["DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"],
          "downsample_padding": 1, "dual_cross_attention": false, "encoder_hid_dim": null,
          "encoder_hid_dim_type": null, "flip_sin_to_cos": true, "freq_shift": 0, "in_channels": 4,
          "layers_per_block": 2, "mid_block_only_cross_attention": null, "mid_block_scale_factor": 1,
          "mid_block_type": "UNetMidBlock2DCrossAttn", "norm_eps": 1e-05, "norm_num_groups": 32,
          "num_attention_heads": null, "num_class_embeds": null, "only_cross_attention": false, "out_channels": 4,
          "projection_class_embeddings_input_dim": 2560, "resnet_out_scale_factor": 1.0,
          "resnet_skip_time_act": false, "resnet_time_scale_shift": "default", "sample_size": 128,
          "time_cond_proj_dim": null, "time_embedding_act_fn": null, "time_embedding_dim": null,
          "time_embedding_type": "positional", "timestep_post_act": null, "transformer_layers_per_block": 4,
          "up_block_types": ["UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"],
          "upcast_attention": null, "use_linear_projection": true
        }
        """

    static let unetLCM = """
        {
          "_class_name": "UNet2DConditionModel", "_diffusers_version": "0.22.0.dev0",
          "act_fn": "silu", "addition_embed_type": null, "addition_embed_type_num_heads": 64,
          "addition_time_embed_dim": null, "attention_head_dim": 8, "attention_type": "default",
          "block_out_channels": [320, 640, 1280, 1280], "center_input_sample": false, "class_embed_type": null,
          "class_embeddings_concat": false, "conv_in_kernel": 3, "conv_out_kernel": 3, "cross_attention_dim": 768,
          "cross_attention_norm": null,
          "down_block_types": ["CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"],
          "downsample_padding": 1, "dropout": 0.0, "dual_cross_attention": false, "encoder_hid_dim": null,
          "encoder_hid_dim_type": null, "flip_sin_to_cos": true, "freq_shift": 0, "in_channels": 4,
          "layers_per_block": 2, "mid_block_only_cross_attention": null, "mid_block_scale_factor": 1,
          "mid_block_type": "UNetMidBlock2DCrossAttn", "norm_eps": 1e-05, "norm_num_groups": 32,
          "num_attention_heads": null, "num_class_embeds": null, "only_cross_attention": false, "out_channels": 4,
          "projection_class_embeddings_input_dim": null, "resnet_out_scale_factor": 1.0,
          "resnet_skip_time_act": false, "resnet_time_scale_shift": "default", "sample_size": 64,
          "time_cond_proj_dim": 256, "time_embedding_act_fn": null, "time_embedding_dim": null,
          "time_embedding_type": "positional", "timestep_post_act": null, "transformer_layers_per_block": 1,
          "up_block_types": ["UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"],
          "upcast_attention": null, "use_linear_projection": false
        }
        """

    static let unetAsymmetric = """
        {
          "block_out_channels": [320, 640, 1280], "attention_head_dim": [5, 10, 20],
          "down_block_types": ["DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"],
          "up_block_types": ["CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"],
          "transformer_layers_per_block": [0, [2, 2], [4, 1]],
          "reverse_transformer_layers_per_block": [[4, 4, 10], [2, 1, 1], 1]
        }
        """

    static let autoencoder15 = """
        {
          "_class_name": "AutoencoderKL", "_diffusers_version": "0.6.0", "act_fn": "silu",
          "block_out_channels": [128, 256, 512, 512],
          "down_block_types": ["DownEncoderBlock2D", "DownEncoderBlock2D", "DownEncoderBlock2D", "DownEncoderBlock2D"],
          "in_channels": 3, "latent_channels": 4, "layers_per_block": 2, "norm_num_groups": 32, "out_channels": 3,
          "sample_size": 512,
          "up_block_types": ["UpDecoderBlock2D", "UpDecoderBlock2D", "UpDecoderBlock2D", "UpDecoderBlock2D"]
        }
        """

    static let autoencoderXL = """
        {
          "_class_name": "AutoencoderKL", "_diffusers_version": "0.20.0.dev0", "act_fn": "silu",
          "block_out_channels": [128, 256, 512, 512],
          "down_block_types": ["DownEncoderBlock2D", "DownEncoderBlock2D", "DownEncoderBlock2D", "DownEncoderBlock2D"],
          "force_upcast": true, "in_channels": 3, "latent_channels": 4, "layers_per_block": 2, "norm_num_groups": 32,
          "out_channels": 3, "sample_size": 1024, "scaling_factor": 0.13025,
          "up_block_types": ["UpDecoderBlock2D", "UpDecoderBlock2D", "UpDecoderBlock2D", "UpDecoderBlock2D"]
        }
        """

    static let taesd = """
        {
          "_class_name": "AutoencoderTiny", "_diffusers_version": "0.20.0.dev0", "act_fn": "relu",
          "decoder_block_out_channels": [64, 64, 64, 64], "encoder_block_out_channels": [64, 64, 64, 64],
          "force_upcast": false, "in_channels": 3, "latent_channels": 4, "latent_magnitude": 3, "latent_shift": 0.5,
          "num_decoder_blocks": [3, 3, 3, 1], "num_encoder_blocks": [1, 3, 3, 3], "out_channels": 3,
          "scaling_factor": 1.0, "upsampling_scaling_factor": 2
        }
        """

    static let clip15 = """
        {
          "_name_or_path": "openai/clip-vit-large-patch14", "architectures": ["CLIPTextModel"],
          "attention_dropout": 0.0, "bos_token_id": 0, "dropout": 0.0, "eos_token_id": 2, "hidden_act": "quick_gelu",
          "hidden_size": 768, "initializer_factor": 1.0, "initializer_range": 0.02, "intermediate_size": 3072,
          "layer_norm_eps": 1e-05, "max_position_embeddings": 77, "model_type": "clip_text_model",
          "num_attention_heads": 12, "num_hidden_layers": 12, "pad_token_id": 1, "projection_dim": 768,
          "torch_dtype": "float32", "transformers_version": "4.22.0.dev0", "vocab_size": 49408
        }
        """

    static let clip21 = """
        {
          "architectures": ["CLIPTextModel"], "attention_dropout": 0.0, "bos_token_id": 0, "dropout": 0.0,
          "eos_token_id": 2, "hidden_act": "gelu", "hidden_size": 1024, "initializer_factor": 1.0,
          "initializer_range": 0.02, "intermediate_size": 4096, "layer_norm_eps": 1e-05,
          "max_position_embeddings": 77, "model_type": "clip_text_model", "num_attention_heads": 16,
          "num_hidden_layers": 23, "pad_token_id": 1, "projection_dim": 512, "torch_dtype": "float32",
          "transformers_version": "4.25.0.dev0", "vocab_size": 49408
        }
        """

    static let clipXL2 = """
        {
          "architectures": ["CLIPTextModelWithProjection"], "attention_dropout": 0.0, "bos_token_id": 0,
          "dropout": 0.0, "eos_token_id": 2, "hidden_act": "gelu", "hidden_size": 1280, "initializer_factor": 1.0,
          "initializer_range": 0.02, "intermediate_size": 5120, "layer_norm_eps": 1e-05,
          "max_position_embeddings": 77, "model_type": "clip_text_model", "num_attention_heads": 20,
          "num_hidden_layers": 32, "pad_token_id": 1, "projection_dim": 1280, "torch_dtype": "float16",
          "transformers_version": "4.32.0.dev0", "vocab_size": 49408
        }
        """

    static let bert = """
        {
          "architectures": ["BertModel"], "attention_probs_dropout_prob": 0.1, "gradient_checkpointing": false,
          "hidden_act": "gelu", "hidden_dropout_prob": 0.1, "hidden_size": 384, "initializer_range": 0.02,
          "intermediate_size": 1536, "layer_norm_eps": 1e-12, "max_position_embeddings": 512, "model_type": "bert",
          "num_attention_heads": 12, "num_hidden_layers": 6, "pad_token_id": 0, "position_embedding_type": "absolute",
          "transformers_version": "4.8.2", "type_vocab_size": 2, "use_cache": true, "vocab_size": 30522
        }
        """

    static let index15 = """
        {
          "_class_name": "StableDiffusionPipeline", "_diffusers_version": "0.6.0",
          "feature_extractor": ["transformers", "CLIPImageProcessor"], "safety_checker": [null, null],
          "requires_safety_checker": false, "image_encoder": [null, null],
          "scheduler": ["diffusers", "PNDMScheduler"], "text_encoder": ["transformers", "CLIPTextModel"],
          "tokenizer": ["transformers", "CLIPTokenizer"], "unet": ["diffusers", "UNet2DConditionModel"],
          "vae": ["diffusers", "AutoencoderKL"]
        }
        """

    static let indexRefiner = """
        {
          "_class_name": "StableDiffusionXLImg2ImgPipeline", "_diffusers_version": "0.19.0.dev0",
          "force_zeros_for_empty_prompt": false, "add_watermarker": null, "requires_aesthetics_score": true,
          "scheduler": ["diffusers", "EulerDiscreteScheduler"], "text_encoder": [null, null],
          "text_encoder_2": ["transformers", "CLIPTextModelWithProjection"], "tokenizer": [null, null],
          "tokenizer_2": ["transformers", "CLIPTokenizer"], "unet": ["diffusers", "UNet2DConditionModel"],
          "vae": ["diffusers", "AutoencoderKL"]
        }
        """
}
