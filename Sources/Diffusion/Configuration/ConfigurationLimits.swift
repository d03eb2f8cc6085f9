/// The bounds on the sizes that a configuration file may name.
///
/// They are far above every published model's and low enough that no product of two of them overflows: a file from
/// elsewhere can be refused before anything is allocated for it.
enum ConfigurationLimits {
    /// Channels of a feature map, or the width of a hidden state.
    static let channels = 1...8192
    /// The width of a feed-forward layer or of a projection's input.
    static let width = 1...65536
    /// Resolutions of a U-net or an autoencoder.
    static let blocks = 8
    /// Layers in a row.
    static let layers = 1...100
    /// Transformer layers in a row, where none is possible.
    static let transformerLayers = 0...100
    /// Attention heads.
    static let heads = 1...1024
    /// A picture's or a latent's side.
    static let side = 1...8192
    /// Entries of a vocabulary, and token numbers.
    static let vocabulary = 1...1_000_000
    /// Tokens in a prompt.
    static let positions = 1...8192
}
