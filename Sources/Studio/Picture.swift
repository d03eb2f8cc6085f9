public import Imaging
public import Privacy
import Synchronization

/// A finished picture on its way to whoever asked for it.
///
/// The pixels can be taken once, and are erased when they have been encoded or nobody wants them. They are brought to the
/// size that was asked for, put in their place where a part of an initial picture was drawn, and cut out of their ground where
/// that is to be transparent, when they are taken: the engine's thread goes on with the next step meanwhile.
public final class Picture: Sendable {
    /// Which of the request's pictures it is, from 0.
    public let index: Int

    /// The seed that it was made from.
    public let seed: UInt64

    /// The seed of its variation; nil when there is none.
    public let variationSeed: UInt64?

    /// Pixels in a row.
    public let width: Int

    /// Rows of pixels.
    public let height: Int

    /// The size at which the model made it, before it was enlarged or reduced; of a part of the picture, where only that
    /// was drawn.
    public let drawnSize: ImageSize

    /// How it came about.
    public let source: DigitalSource

    /// Whether it is a picture that was sent and enlarged, for which the seed means nothing.
    public let isEnlargement: Bool

    /// The words that it was drawn from; nil where they are those that were sent.
    public let drawnPrompts: DrawnPrompts?

    private struct Content: ~Copyable {
        var pixels: PixelBuffer?
        var overlay: Overlay?
    }

    private let content: Mutex<Content>
    /// Whether its ground is taken away.
    private let isCutOut: Bool
    private let imageWork: ImageWorkQueue
    private let requester: Requester

    /// How often finishing goes over all of the finished picture's pixels, about.
    static let finishingPasses = 3

    /// - Parameters:
    ///   - drawn: The size at which it was made; that of the pixels when nil.
    ///   - delivered: The size that it is to have; that of the pixels when nil.
    ///   - overlay: What stays of the initial picture; nil when the pixels are the picture.
    ///   - isCutOut: Whether its ground is taken away.
    ///   - imageWork: Where the picture is encoded.
    ///   - requester: For whom.
    init(
        index: Int, seed: UInt64, variationSeed: UInt64? = nil, source: DigitalSource = .trainedAlgorithmicMedia,
        isEnlargement: Bool = false, drawnPrompts: DrawnPrompts? = nil, pixels: consuming PixelBuffer,
        drawn: ImageSize? = nil, delivered: ImageSize? = nil, overlay: Overlay? = nil, isCutOut: Bool = false,
        imageWork: ImageWorkQueue, requester: Requester
    ) {
        self.index = index
        self.seed = seed
        self.variationSeed = variationSeed
        self.source = source
        self.isEnlargement = isEnlargement
        self.drawnPrompts = drawnPrompts
        self.isCutOut = isCutOut
        self.imageWork = imageWork
        self.requester = requester
        drawnSize = drawn ?? ImageSize(pixels)
        width = delivered?.width ?? pixels.width
        height = delivered?.height ?? pixels.height
        content = Mutex(Content(pixels: consume pixels, overlay: overlay))
    }

    private var size: ImageSize { ImageSize(width: width, height: height) }

    /// Takes the pixels; nil when they were taken before.
    public func take() -> PixelBuffer? {
        let overlay = content.withLock { $0.overlay.take() }
        guard let pixels = content.withLock({ $0.pixels.take() }) else { return nil }
        guard let overlay else { return cutOut(pixels.covering(size)) }
        return cutOut(overlay.finish(pixels))
    }

    /// The finished picture without its ground, where that is to go.
    private func cutOut(_ picture: consuming PixelBuffer) -> PixelBuffer { isCutOut ? picture.cutOut() : picture }

    /// Erases the pixels, unless they were taken.
    func discard() {
        content.withLock { content in
            content.pixels = nil
            content.overlay = nil
        }
    }

    /// Takes the pixels, turns them into a file's bytes where image work is done, and there makes something of those; nil
    /// when the pixels were taken before.
    ///
    /// - Parameters:
    ///   - format: The file format.
    ///   - quality: From 0, smallest, to 100, best; ignored by PNG.
    ///   - parameters: How to make the picture again, in the form that A1111's clients read; only for who asked for it.
    ///   - body: What is made of the file's bytes.
    /// - Throws: An `ImageError`, and `CancellationError` when the calling task is cancelled.
    public func encode<Result: Sendable>(
        as format: ImageFormat, quality: Int = PixelBuffer.defaultQuality, parameters: consuming SecretBytes? = nil,
        into body: @escaping @Sendable ([UInt8]) -> Result
    ) async throws -> Result? {
        let isFinished = size == drawnSize && content.withLock { $0.overlay == nil }
        let work =
            ImageWork.encoding(width: width, height: height)
            + .pass(isFinished ? 0 : Self.finishingPasses, over: size)
            + .pass(isCutOut ? PixelBuffer.cutoutPasses : 0, over: size)
        let parameters = UniqueTransfer(OptionalBytes(bytes: parameters))
        let memory =
            ImageWork.encodingBytes(width: width, height: height)
            + (isCutOut ? PixelBuffer.cutoutBytesPerPixel * size.pixels : 0)
        return try await imageWork.run(work, holding: memory, for: requester) { cancellation in
            guard let pixels = self.take() else { return nil }
            try cancellation.check()
            let bytes = try pixels.encoded(
                as: format, quality: quality,
                metadata: PictureMetadata(source: self.source, parameters: parameters.take()?.takeBytes()))
            try cancellation.check()
            return body(bytes)
        }
    }

    /// Takes the pixels, and gives them, on the calling thread, as a file's bytes, which say how the picture came about; nil when the pixels
    /// were taken before.
    ///
    /// - Parameters:
    ///   - format: The file format.
    ///   - quality: From 0, smallest, to 100, best; ignored by PNG.
    ///   - parameters: How to make the picture again, in the form that A1111's clients read; only for who asked for it.
    public func encoded(
        as format: ImageFormat, quality: Int = PixelBuffer.defaultQuality, parameters: consuming SecretBytes? = nil
    ) throws(ImageError) -> [UInt8]? {
        guard let pixels = take() else { return nil }
        return try pixels.encoded(
            as: format, quality: quality, metadata: PictureMetadata(source: source, parameters: parameters))
    }
}

/// Parameters on their way to the thread that writes them into a picture.
private struct OptionalBytes: ~Copyable, Sendable {
    let bytes: SecretBytes?

    consuming func takeBytes() -> SecretBytes? { bytes }
}
