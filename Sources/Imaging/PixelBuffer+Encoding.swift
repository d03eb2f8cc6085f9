extension PixelBuffer {
    /// The quality of lossy formats when nobody chose one.
    public static var defaultQuality: Int { 90 }

    /// The picture as a file's bytes.
    ///
    /// - Parameters:
    ///   - format: The file format.
    ///   - quality: From 0, smallest, to 100, best; ignored by PNG.
    ///   - metadata: What the file says beside the pixels; nothing when nil. Pictures that go to people say how they
    ///     came about.
    public func encoded(
        as format: ImageFormat, quality: Int = defaultQuality, metadata: borrowing PictureMetadata? = nil
    ) throws(ImageError) -> [UInt8] {
        switch metadata {
        case .some(let metadata): try metadata.check(for: format)
        case .none: break
        }
        return switch format {
        case .png: try PNG.encode(self, metadata: metadata)
        case .jpeg: try JPEG.encode(self, quality: quality, metadata: metadata)
        case .webp: try WebP.encode(self, quality: quality, metadata: metadata)
        }
    }
}
