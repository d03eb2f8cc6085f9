extension PixelBuffer {
    /// The quality of lossy formats when nobody chose one.
    public static var defaultQuality: Int { 90 }

    /// The picture as a file's bytes, without metadata.
    ///
    /// - Parameters:
    ///   - format: The file format.
    ///   - quality: From 0, smallest, to 100, best; ignored by PNG.
    public func encoded(as format: ImageFormat, quality: Int = defaultQuality) throws(ImageError) -> [UInt8] {
        switch format {
        case .png: try PNG.encode(self)
        case .jpeg: try JPEG.encode(self, quality: quality)
        case .webp: try WebP.encode(self, quality: quality)
        }
    }
}
