public import Imaging
import NeuralNetwork
import Synchronization

/// One picture on its way to another size, a step at a time.
///
/// Between two steps others may use the device, and the work may be given up: a task that is dropped is forgotten. What
/// steps have left in the device's idle memory is overwritten when the task is finished or dropped.
public struct UpscalingTask: ~Copyable, Sendable {
    /// Pixels in a row of the result.
    public let width: Int

    /// Rows of the result.
    public let height: Int

    /// How many steps there are.
    public let totalSteps: Int

    /// How many steps are done.
    public private(set) var completedSteps = 0

    private let method: Upscaler.Method
    private let isGrey: Bool
    private let channels: Int
    private let opacity: PixelBuffer?

    /// What the present pass reads.
    private var picture: PixelBuffer

    /// What the present pass writes; nil before its first step.
    private var result: PixelBuffer?

    /// The present pass and those after it.
    private let work: PassQueue

    /// The present pass's next step.
    private var step = 0

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
        passes: [any UpscalingPass]
    ) {
        (width, height) = size
        method = upscaler.method
        work = PassQueue(passes, memory: upscaler.device?.memory)
        channels = picture.channels
        isGrey = picture.seesGreyOnly()
        totalSteps = max(1, passes.reduce(0) { $0 + $1.steps })
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

    /// Whether every step is done.
    public var isFinished: Bool { completedSteps >= totalSteps }

    /// Takes the next step; none if all are done. Filters take one step.
    ///
    /// - Throws: `UpscalingError.notFinite`.
    public mutating func advance() throws(UpscalingError) {
        guard !isFinished else { return }
        completedSteps += 1
        guard var pass = work.takeFirst() else { return }
        var result =
            self.result.take() ?? PixelBuffer(width: pass.resultWidth, height: pass.resultHeight, channels: 3)
        try pass.advance(step, of: picture, into: &result)
        step += 1
        if step < pass.steps {
            self.result = consume result
            work.putFirst(pass)
        } else {
            picture = consume result
            step = 0
        }
    }

    /// The result; all steps must be done.
    ///
    /// - Throws: `UpscalingError.cancelled` when steps are missing.
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

/// The passes that a picture has before it.
///
/// When nobody holds it any more, it lets go of the tensors of passes that have begun, and then overwrites the idle memory
/// of their device.
private final class PassQueue: Sendable {
    private let passes: Mutex<[any UpscalingPass]>
    private let memory: MemoryPool?

    init(_ passes: [any UpscalingPass], memory: MemoryPool?) {
        self.passes = Mutex(passes)
        self.memory = memory
    }

    deinit {
        passes.withLock { $0 = [] }
        memory?.overwrite()
    }

    func takeFirst() -> (any UpscalingPass)? { passes.withLock { $0.isEmpty ? nil : $0.removeFirst() } }

    func putFirst(_ pass: any UpscalingPass) { passes.withLock { $0.insert(pass, at: 0) } }
}
