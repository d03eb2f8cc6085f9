public import Imaging
public import NeuralNetwork

/// Enlarges pictures: by a network, or by a filter.
///
/// A picture's opacity is kept: it is enlarged by Lanczos's filter, and colours under transparent pixels, which nobody sees,
/// have no part in the visible ones. A grey picture stays grey. The same picture gives the same bytes with any number of
/// threads.
public struct Upscaler: Sendable {
    /// How it enlarges.
    enum Method: Sendable {
        case network(any UpscalingNetwork)
        case lanczos
        case nearest
    }

    let method: Method

    /// The name that people choose it by.
    public let name: String

    /// What the network is; nil for filters.
    public var architecture: String? {
        switch method {
        case .network(let network): type(of: network).architecture
        case .lanczos, .nearest: nil
        }
    }

    /// Where its network computes; nil for filters.
    var device: Device? {
        switch method {
        case .network(let network): network.device
        case .lanczos, .nearest: nil
        }
    }

    /// How many times it enlarges in one pass: the network's own; the largest of ``scales`` for filters.
    public var nativeScale: Int {
        switch method {
        case .network(let network): network.scale
        case .lanczos, .nearest: Self.scales.upperBound
        }
    }

    /// How many times a picture may be enlarged.
    public static let scales = 2...4

    /// Lanczos's filter with three lobes, as Pillow's: sharp, and invents nothing.
    public static let lanczos = Upscaler(name: "lanczos", method: .lanczos)

    /// Each pixel repeated: for pixel art.
    public static let nearest = Upscaler(name: "nearest", method: .nearest)

    /// Reads a network from a safetensors file, whose tensors have the names of basicsr's checkpoints.
    ///
    /// Which network it is, and its widths and depths, are read off the tensors' names and shapes.
    ///
    /// - Parameters:
    ///   - file: The file's path. It is not needed after this.
    ///   - name: The name to choose it by; the file's own, without folder and ending, when nil.
    ///   - device: Where it computes.
    /// - Throws: `UpscalingError.weights`, `.unknownNetwork` or `.unsupportedNetwork`.
    public init(file: String, name: String? = nil, on device: Device) throws(UpscalingError) {
        let network = try Self.network(in: file, on: device)
        self.init(name: name ?? Self.name(ofFile: file), method: .network(network))
    }

    init(name: String, method: Method) {
        self.name = name
        self.method = method
    }

    /// Enlarges a picture a whole number of times.
    ///
    /// - Parameters:
    ///   - picture: One channel, three or four.
    ///   - scale: One of ``scales``. Less than the network's own is brought down from that by a bicubic filter, as the
    ///     published ×2 and ×3 of realesr-animevideov3 do it; for more the network is applied twice.
    ///   - limits: How large the result may be.
    ///   - tileSize: About how many pixels of the picture the network takes in a step, as the side of a square; as suits the
    ///     network when nil.
    ///   - progress: Is told after each step how many are done, and how many there are. What it throws ends the work.
    /// - Returns: `scale` times the width and height, in as many channels.
    /// - Throws: `UpscalingError`, and what `progress` throws.
    public func enlarge(
        _ picture: borrowing PixelBuffer, scale: Int, limits: UpscalingLimits = UpscalingLimits(),
        tileSize: Int? = nil,
        progress: (_ completed: Int, _ total: Int) throws -> Void = { _, _ in }
    ) throws -> PixelBuffer {
        try run(UpscalingTask(picture, by: self, scale: scale, limits: limits, tileSize: tileSize), progress)
    }

    /// Enlarges or reduces a picture to an exact size, each side for itself: the network as often as it takes to reach both
    /// sides, then Lanczos's filter down to the size.
    ///
    /// - Parameters:
    ///   - picture: One channel, three or four.
    ///   - width: Pixels in a row of the result.
    ///   - height: Rows of the result.
    ///   - limits: How large the result may be; what the network makes on the way may have four times the pixels.
    ///   - tileSize: As for ``enlarge(_:scale:limits:tileSize:progress:)``.
    ///   - progress: As for ``enlarge(_:scale:limits:tileSize:progress:)``.
    /// - Throws: `UpscalingError`, and what `progress` throws.
    public func enlarge(
        _ picture: borrowing PixelBuffer, width: Int, height: Int, limits: UpscalingLimits = UpscalingLimits(),
        tileSize: Int? = nil,
        progress: (_ completed: Int, _ total: Int) throws -> Void = { _, _ in }
    ) throws -> PixelBuffer {
        try run(
            UpscalingTask(picture, by: self, width: width, height: height, limits: limits, tileSize: tileSize), progress
        )
    }

    private func run(
        _ task: consuming UpscalingTask, _ progress: (_ completed: Int, _ total: Int) throws -> Void
    ) throws -> PixelBuffer {
        while !task.isFinished {
            try task.advance()
            try progress(task.completedSteps, task.totalSteps)
        }
        return try task.finish()
    }
}
