public import Imaging
public import Privacy

/// An image that a client sent, as its file's bytes: only the header has been read.
public struct ImageFile: ~Copyable, Sendable {
    /// What the header says.
    public let info: ImageInfo

    /// What the interface calls the part of the request that it came in, such as `images[0].image_url`.
    public let name: String

    private let bytes: SecretBytes
    private let limits: DecodingLimits

    /// Reads the header.
    ///
    /// - Throws: What is wrong with the file as far as the header tells.
    public init(
        _ bytes: consuming SecretBytes, name: String, limits: DecodingLimits = DecodingLimits()
    ) throws(ImageError) {
        info = try bytes.withBytes { (span) throws(ImageError) in try ImageDecoder.info(of: span, limits: limits) }
        self.name = name
        self.bytes = bytes
        self.limits = limits
    }

    /// The texts that the file holds beside the pixels.
    public func embeddedTexts() -> [EmbeddedText] { bytes.withBytes { EmbeddedText.all(of: $0) } }

    /// How the picture came about, as far as the file says so.
    var digitalSource: DigitalSource? { bytes.withBytes { DigitalSource(markedIn: $0) } }

    /// Decodes the pixels, and erases the file.
    ///
    /// - Throws: A ``RequestError`` that says what is wrong with it, and `CancellationError`.
    consuming func decode(
        as parameter: RequestError.Parameter, _ cancellation: ImageWorkCancellation
    ) throws -> PixelBuffer {
        do throws(ImageError) {
            let check = DecodingCheck { cancellation.isCancelled }
            return try bytes.withBytes { (span) throws(ImageError) in
                try ImageDecoder.decode(span, limits: limits, check: check)
            }
        } catch .cancelled {
            throw CancellationError()
        } catch {
            throw RequestError.unreadable(parameter, error, name: name)
        }
    }
}
