import CPNG
import Privacy

/// Portable Network Graphics, through libpng, in memory.
public enum PNG {
    /// zlib's level, with every row predicted by Paeth's filter. A 512×512 picture with a photograph's grain takes
    /// 17 ms and 460 kB so; at libpng's own choice, level 6 and the best of five filters for each row, 99 ms and
    /// 384 kB; its simplified interface's fast mode, level 3 and no filter, takes 21 ms and 711 kB.
    private static let compressionLevel: Int32 = 1

    /// The picture as a PNG file's bytes; equal pictures give equal bytes.
    ///
    /// Without metadata the only chunk beside the pixels says that the colours are sRGB.
    public static func encode(
        _ picture: borrowing PixelBuffer, metadata: borrowing PictureMetadata? = nil
    ) throws(ImageError) -> [UInt8] {
        let (width, height, rowBytes) = (picture.width, picture.height, picture.bytesPerRow)
        guard max(width, height) <= ImageFormat.png.maximumSide, let wide = UInt32(exactly: width),
            let high = UInt32(exactly: height)
        else {
            throw .notEncodable(.png, width: width, height: height)
        }
        let colorType =
            switch picture.channels {
            case 1: PNG_COLOR_TYPE_GRAY
            case 3: PNG_COLOR_MASK_COLOR
            default: PNG_COLOR_MASK_COLOR | PNG_COLOR_MASK_ALPHA
            }
        // What cannot be compressed grows by a byte a row, and by the frames of deflate's blocks and PNG's chunks.
        let stored = height * (rowBytes + 1)
        var file = SecretBytes(count: stored + stored / 256 + 4_096)
        let size = file.withUnsafeMutableBytes { file in
            picture.withUnsafeBytes {
                png_shim_write(
                    $0.baseAddress, wide, high, colorType, rowBytes, compressionLevel, PNG_FILTER_PAETH,
                    file.baseAddress, file.count)
            }
        }
        guard size > 0 else { throw .notEncodable(.png, width: width, height: height) }
        return file.withUnsafeBytes { file in
            let bytes = UnsafeBufferPointer(rebasing: file.prefix(size))
            return switch metadata {
            case .some(let metadata): Self.file(bytes, with: metadata)
            case .none: Array(bytes)
            }
        }
    }

    /// Decodes a PNG file's pixels, 16-bit channels reduced to 8 and palettes resolved.
    public static func decode(
        _ bytes: Span<UInt8>, limits: DecodingLimits = DecodingLimits()
    ) throws(ImageError) -> PixelBuffer {
        try limits.check(byteCount: bytes.count)
        guard var image = header() else { throw .damaged(.png) }
        defer { png_image_free(&image) }
        let picture = try bytes.withUnsafeBufferPointer { bytes throws(ImageError) -> PixelBuffer in
            guard png_image_begin_read_from_memory(&image, bytes.baseAddress, bytes.count) != 0 else {
                throw .damaged(.png)
            }
            let (width, height) = (Int(image.width), Int(image.height))
            try limits.check(width: width, height: height)
            let hasColor = image.format & UInt32(PNG_FORMAT_FLAG_COLOR) != 0
            let hasOpacity = image.format & UInt32(PNG_FORMAT_FLAG_ALPHA) != 0
            let channels = hasOpacity ? 4 : hasColor ? 3 : 1
            image.format = format(channels: channels)
            // Else 16-bit files that do not say so are taken to be linear, which no browser does.
            image.flags |= UInt32(PNG_IMAGE_FLAG_16BIT_sRGB)
            var picture = PixelBuffer(width: width, height: height, channels: channels)
            let status = picture.withUnsafeMutableBytes {
                png_image_finish_read(&image, nil, $0.baseAddress, 0, nil)
            }
            guard status != 0 else { throw .damaged(.png) }
            return picture
        }
        return orientation(bytes).apply(to: picture)
    }

    /// What the header chunk says, which is always the first.
    static func info(of bytes: Span<UInt8>, limits: DecodingLimits) throws(ImageError) -> ImageInfo {
        guard bytes.count >= 33, bytes.holds("IHDR", at: 12) else { throw .damaged(.png) }
        let (width, height) = (bytes.bigEndian(at: 16), bytes.bigEndian(at: 20))
        guard width > 0, height > 0 else { throw .damaged(.png) }
        try limits.check(width: width, height: height)
        return ImageInfo(
            .png, width: width, height: height, passes: bytes[28] == 0 ? 1 : 2, orientation: orientation(bytes))
    }

    private static func header() -> png_image? {
        var image = png_image()
        image.version = UInt32(PNG_IMAGE_VERSION)
        return image
    }

    private static func format(channels: Int) -> UInt32 {
        switch channels {
        case 1: 0
        case 3: UInt32(PNG_FORMAT_FLAG_COLOR)
        default: UInt32(PNG_FORMAT_FLAG_COLOR) | UInt32(PNG_FORMAT_FLAG_ALPHA)
        }
    }

    /// What the chunk eXIf says, if there is one.
    private static func orientation(_ bytes: Span<UInt8>) -> Orientation {
        var offset = 8
        while offset + 12 <= bytes.count {
            let length = bytes.bigEndian(at: offset)
            guard length <= bytes.count - offset - 12 else { return .up }
            if bytes.holds("eXIf", at: offset + 4) {
                return Orientation(exif: bytes.extracting(offset + 8..<offset + 8 + length))
            }
            offset += 12 + length
        }
        return .up
    }
}
