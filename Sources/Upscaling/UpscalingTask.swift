public import Imaging
import NeuralNetwork

/// One picture on its way to another size, a tile at a time.
///
/// Between two tiles others may use the device, and the work may be given up: a task that is dropped is forgotten. What
/// tiles have left in the device's idle memory is overwritten when the task is finished or dropped.
public struct UpscalingTask: ~Copyable, Sendable {
    /// Pixels in a row of the result.
    public let width: Int

    /// Rows of the result.
    public let height: Int

    /// How many tiles there are in all passes.
    public let totalTiles: Int

    /// How many tiles are done.
    public private(set) var completedTiles = 0

    private let method: Upscaler.Method
    private let passes: [NetworkPass]
    private let isGrey: Bool
    private let channels: Int
    private let opacity: PixelBuffer?
    private let eraser: MemoryEraser?

    /// What the present pass reads.
    private var picture: PixelBuffer

    /// What the present pass writes; nil before its first tile.
    private var result: PixelBuffer?

    private var pass = 0
    private var tile = 0

    /// Prepares to enlarge a picture a whole number of times; see ``Upscaler/enlarge(_:scale:limits:tileSize:progress:)``.
    ///
    /// - Throws: `UpscalingError.scale`, `.side` or `.tooManyPixels`.
    public init(
        _ picture: borrowing PixelBuffer, by upscaler: Upscaler, scale: Int,
        limits: UpscalingLimits = UpscalingLimits(), tileSize: Int? = nil
    ) throws(UpscalingError) {
        let size = try Upscaler.size(of: (picture.width, picture.height), scale: scale, limits: limits)
        let passes = upscaler.passes(
            from: (picture.width, picture.height), scale: scale, tileSize: tileSize)
        self.init(picture, by: upscaler, to: size, passes: passes)
    }

    /// Prepares to bring a picture to an exact size; see ``Upscaler/enlarge(_:width:height:limits:tileSize:progress:)``.
    ///
    /// - Throws: `UpscalingError.side` or `.tooManyPixels`.
    public init(
        _ picture: borrowing PixelBuffer, by upscaler: Upscaler, width: Int, height: Int,
        limits: UpscalingLimits = UpscalingLimits(), tileSize: Int? = nil
    ) throws(UpscalingError) {
        try limits.check(width: width, height: height)
        let passes = try upscaler.passes(
            from: (picture.width, picture.height), toReach: (width, height), limits: limits, tileSize: tileSize)
        self.init(picture, by: upscaler, to: (width, height), passes: passes)
    }

    private init(
        _ picture: borrowing PixelBuffer, by upscaler: Upscaler, to size: (width: Int, height: Int),
        passes: [NetworkPass]
    ) {
        (width, height) = size
        method = upscaler.method
        self.passes = passes
        channels = picture.channels
        isGrey = picture.seesGreyOnly()
        totalTiles = max(1, passes.reduce(0) { $0 + $1.grid.count })
        eraser = passes.first.map { MemoryEraser($0.network.device.memory) }
        if case .nearest = upscaler.method {
            opacity = nil
            self.picture = picture.copied()
        } else if picture.channels == 4 {
            opacity = picture.opacityChannel()
            self.picture = picture.withColoursContinued()
        } else {
            opacity = nil
            self.picture = passes.isEmpty || picture.channels == 3 ? picture.copied() : picture.inThreeChannels()
        }
    }

    /// Whether every tile is done.
    public var isFinished: Bool { completedTiles >= totalTiles }

    /// Enlarges the next tile; nothing if all are done. Without a network, all of the picture is one tile.
    ///
    /// - Throws: `UpscalingError.notFinite`.
    public mutating func advance() throws(UpscalingError) {
        guard !isFinished else { return }
        completedTiles += 1
        guard pass < passes.count else { return }
        let current = passes[pass]
        var result = self.result.take()
            ?? PixelBuffer(width: current.resultWidth, height: current.resultHeight, channels: 3)
        try current.enlarge(tile, of: picture, into: &result)
        tile += 1
        if tile < current.grid.count {
            self.result = consume result
        } else {
            picture = consume result
            (pass, tile) = (pass + 1, 0)
        }
    }

    /// The result; all tiles must be done.
    ///
    /// - Throws: `UpscalingError.cancelled` when tiles are missing.
    public consuming func finish() throws(UpscalingError) -> PixelBuffer {
        guard isFinished else { throw .cancelled }
        let (width, height, channels, isGrey) = (width, height, channels, isGrey)
        if case .nearest = method { return picture.repeated(width: width, height: height) }
        let colours = picture.resized(width: width, height: height)
        if channels == 1 { return colours.channels == 1 ? colours : colours.luma() }
        let result = isGrey ? colours.luma().inThreeChannels() : colours
        guard let opacity else { return result }
        return result.withOpacity(opacity.resized(width: width, height: height))
    }
}

/// Overwrites a device's idle memory when the last who holds it goes.
private final class MemoryEraser: Sendable {
    private let memory: MemoryPool

    init(_ memory: MemoryPool) { self.memory = memory }

    deinit { memory.overwrite() }
}
