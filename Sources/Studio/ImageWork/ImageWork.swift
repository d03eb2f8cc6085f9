/// How much work there is to do on images: reading, changing and writing them.
///
/// It is counted in pixels that are gone over once, of which a processor makes about a hundred million a second.
public struct ImageWork: Sendable, Equatable {
    /// Pixels that are gone over.
    public private(set) var pixels: Int

    /// So many pixels; nothing where the number is below zero.
    public init(pixels: Int) { self.pixels = max(0, pixels) }

    /// The same work in the unit of denoising, for limits that both share: eight pixels count as one pixel-step.
    public var pixelSteps: Int { pixels / 8 }

    /// None.
    static let none = ImageWork(pixels: 0)

    /// Reading text or a file of so many bytes, of which eight count as a pixel.
    public static func reading(bytes: Int) -> ImageWork { ImageWork(pixels: bytes / 8) }

    /// Turning pixels into a file's bytes.
    public static func encoding(width: Int, height: Int) -> ImageWork {
        pass(4, over: ImageSize(width: width, height: height))
    }

    /// Going over an area several times. Sides may be any numbers: what is too large counts as the largest number.
    static func pass(_ count: Int, over size: ImageSize) -> ImageWork {
        ImageWork(pixels: size.width) * size.height * count
    }

    /// The bytes that turning pixels into a file takes at its peak: the pixels once more, and the file twice at its largest.
    public static func encodingBytes(width: Int, height: Int) -> Int { 10 * width * height }

    static func + (one: ImageWork, other: ImageWork) -> ImageWork {
        let (sum, overflows) = one.pixels.addingReportingOverflow(other.pixels)
        return ImageWork(pixels: overflows ? .max : sum)
    }

    static func * (work: ImageWork, count: Int) -> ImageWork {
        let (product, overflows) = work.pixels.multipliedReportingOverflow(by: max(0, count))
        return ImageWork(pixels: overflows ? .max : product)
    }
}
