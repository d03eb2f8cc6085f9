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
}
