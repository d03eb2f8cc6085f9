public import Imaging
public import Privacy
import Synchronization

/// A finished picture on its way to whoever asked for it.
///
/// The pixels can be taken once, and are erased when they have been encoded or nobody wants them. Encoding is the
/// taker's, in the taker's task: the engine's thread goes on with the next step meanwhile.
public final class Picture: Sendable {
    /// Which of the request's pictures it is, from 0.
    public let index: Int

    /// The seed that it was made from.
    public let seed: UInt64

    /// Pixels in a row.
    public let width: Int

    /// Rows of pixels.
    public let height: Int

    /// How it came about.
    public let source: DigitalSource

    private let pixels: Mutex<PixelBuffer?>

    init(
        index: Int, seed: UInt64, source: DigitalSource = .trainedAlgorithmicMedia, pixels: consuming PixelBuffer
    ) {
        self.index = index
        self.seed = seed
        self.source = source
        width = pixels.width
        height = pixels.height
        self.pixels = Mutex(consume pixels)
    }

    /// Takes the pixels; nil when they were taken before.
    public func take() -> PixelBuffer? {
        pixels.withLock { $0.take() }
    }

    /// Takes the pixels, and gives them as a file's bytes, which say how the picture came about; nil when the pixels
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
