public import NeuralNetwork

/// A network that makes a larger picture of a picture.
public protocol UpscalingNetwork: Sendable {
    /// The network's name in the literature.
    static var architecture: String { get }

    /// How many pixels of the result stand for one pixel of a picture's side.
    var scale: Int { get }

    /// Where the weights and the memory are.
    var device: Device { get }

    /// How far away a pixel may be, in pixels of the picture, and still count for another one.
    var reach: Int { get }

    /// Whether nothing that is further away than ``reach`` counts at all: a part of a picture that is given to the network
    /// with that much around it then comes out to the bit as it would of the whole picture.
    var isExact: Bool { get }

    /// A part of a picture that is given to the network begins at a multiple of so many pixels.
    var alignment: Int { get }

    /// The side of the squares that a large picture is cut into, unless told otherwise, in pixels.
    var tileSize: Int { get }

    /// How many products and sums the network takes for one pixel of the picture.
    var multiplyAddsPerPixel: Int { get }

    /// About how many bytes a pass takes at most for a picture of so many pixels.
    func workingBytes(pixels: Int) -> Int

    /// Enlarges a picture.
    ///
    /// - Parameter x: `[1, height, width, 3]`: red, green, blue in 0…1.
    /// - Returns: `[1, scale × height, scale × width, 3]`, as the network's last layer gives it: about 0…1, not held there.
    func callAsFunction(_ x: Tensor) -> Tensor
}
