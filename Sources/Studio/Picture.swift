public import Imaging
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

    private let pixels: Mutex<PixelBuffer?>

    init(index: Int, seed: UInt64, pixels: consuming PixelBuffer) {
        self.index = index
        self.seed = seed
        width = pixels.width
        height = pixels.height
        self.pixels = Mutex(consume pixels)
    }

    /// Takes the pixels; nil when they were taken before.
    public func take() -> PixelBuffer? {
        pixels.withLock { $0.take() }
    }

    /// Takes the pixels, and gives them as a file's bytes; nil when they were taken before.
    public func encoded(
        as format: ImageFormat, quality: Int = PixelBuffer.defaultQuality
    ) throws(ImageError) -> [UInt8]? {
        guard let pixels = take() else { return nil }
        return try pixels.encoded(as: format, quality: quality)
    }
}
