package import NeuralNetwork

/// A network that makes a larger picture of a picture.
package protocol UpscalingNetwork: Sendable {
    /// The network's name in the literature.
    static var architecture: String { get }

    /// How many pixels of the result stand for one pixel of a picture's side.
    var scale: Int { get }

    /// Where the weights and the memory are.
    var device: Device { get }

    /// The steps in which a picture is enlarged in bounded memory.
    ///
    /// - Parameters:
    ///   - width: Pixels in a row of the picture.
    ///   - height: Rows of the picture.
    ///   - scale: How many times the result's sides are the picture's; at most the network's scale. What is less is brought
    ///     down by ``BicubicReduction``.
    ///   - tileSize: About how many pixels a step is to take, as the side of a square; as suits the network when nil.
    func pass(width: Int, height: Int, scale: Int, tileSize: Int?) -> any UpscalingPass
}
