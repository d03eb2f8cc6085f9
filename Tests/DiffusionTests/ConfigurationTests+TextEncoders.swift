import Diffusion
import Testing

/// What the `config.json` of text encoders says.
extension ConfigurationTests {
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
            ("num_hidden_layers", "1000", .outOfRange), ("layer_norm_eps", "[]", .wrongType),
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
}
