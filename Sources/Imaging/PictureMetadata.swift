public import Privacy

/// What a picture's file says beside its pixels.
public struct PictureMetadata: ~Copyable, Sendable {
    /// How the picture came about, written as XMP.
    public let source: DigitalSource

    /// How to make the picture again, as UTF-8 in the form that A1111's clients read; nil for nothing.
    ///
    /// It holds the prompt, so it is for whoever asked for it by name and for nobody else.
    public let parameters: SecretBytes?

    /// Says how a picture came about, and nothing more unless told to.
    public init(source: DigitalSource, parameters: consuming SecretBytes? = nil) {
        self.source = source
        self.parameters = parameters
    }

    /// The most bytes of parameters that a file in any format can hold, counted as UTF-8.
    static let maximumParameterBytes = 1 << 20

    /// The parameters' bytes, counted as UTF-8.
    var parameterByteCount: Int {
        switch parameters {
        case .some(let parameters): parameters.count
        case .none: 0
        }
    }

    /// Refuses parameters that the format cannot hold.
    public func check(for format: ImageFormat) throws(ImageError) {
        let count = parameterByteCount
        guard count <= Self.maximumParameterBytes else {
            throw .tooManyParameters(format, count: count, maximum: Self.maximumParameterBytes)
        }
        let maximum = EXIF.maximumSegmentBytes
        if format == .jpeg, let exif = EXIF(self), exif.byteCount > maximum {
            throw .tooManyParameters(format, count: exif.byteCount, maximum: maximum)
        }
    }
}
