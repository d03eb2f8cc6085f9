import CJPEG
import Privacy

/// JPEG, through TurboJPEG, in memory.
public enum JPEG {
    /// The picture as a JPEG file's bytes, opacity composited on white.
    ///
    /// - Parameters:
    ///   - picture: The picture.
    ///   - quality: From 0, smallest, to 100, best; colours are kept at full resolution from 90 on.
    ///   - metadata: What the file says beside the pixels.
    public static func encode(
        _ picture: borrowing PixelBuffer, quality: Int = PixelBuffer.defaultQuality,
        metadata: borrowing PictureMetadata? = nil
    ) throws(ImageError) -> [UInt8] {
        guard picture.channels != 4 else {
            return try encode(picture.compositedOnWhite(), quality: quality, metadata: metadata)
        }
        let (width, height, channels) = (picture.width, picture.height, picture.channels)
        let quality = min(max(quality, 1), 100)
        let sampling = channels == 1 ? TJSAMP_GRAY : quality >= 90 ? TJSAMP_444 : TJSAMP_420
        guard max(width, height) <= ImageFormat.jpeg.maximumSide, let compressor = tjInitCompress() else {
            throw .notEncodable(.jpeg, width: width, height: height)
        }
        defer { tjDestroy(compressor) }
        var file = SecretBytes(count: Int(tjBufSize(Int32(width), Int32(height), Int32(sampling.rawValue))))
        var size = UInt(file.count)
        let status = file.withUnsafeMutableBytes { file in
            var address = file.baseAddress
            return picture.withUnsafeBytes {
                tjCompress2(
                    compressor, $0.baseAddress, Int32(width), 0, Int32(height), pixelFormat(channels: channels),
                    &address, &size, Int32(sampling.rawValue), Int32(quality), TJFLAG_NOREALLOC)
            }
        }
        guard status == 0 else { throw .notEncodable(.jpeg, width: width, height: height) }
        return file.withUnsafeBytes { file in
            let bytes = UnsafeBufferPointer(rebasing: file.prefix(Int(size)))
            return switch metadata {
            case .some(let metadata): Self.file(bytes, with: metadata)
            case .none: Array(bytes)
            }
        }
    }

    /// Decodes a JPEG file's pixels, turned as its EXIF block says.
    ///
    /// A file that ends early is refused, although a part of it could be shown.
    public static func decode(
        _ bytes: Span<UInt8>, limits: DecodingLimits = DecodingLimits()
    ) throws(ImageError) -> PixelBuffer {
        try limits.check(byteCount: bytes.count)
        guard let decompressor = tjInitDecompress() else { throw .damaged(.jpeg) }
        defer { tjDestroy(decompressor) }
        guard scanCount(bytes) <= maximumScans else { throw .damaged(.jpeg) }
        let picture = try bytes.withUnsafeBufferPointer { bytes throws(ImageError) -> PixelBuffer in
            let (width, height, colors) = try header(bytes, decompressor, limits: limits)
            let channels = colors == TJCS_GRAY.rawValue ? 1 : 3
            var picture = PixelBuffer(width: Int(width), height: Int(height), channels: channels)
            let isSound = picture.withUnsafeMutableBytes {
                tjDecompress2(
                    decompressor, bytes.baseAddress, UInt(bytes.count), $0.baseAddress, width, 0, height,
                    pixelFormat(channels: channels), TJFLAG_STOPONWARNING | TJFLAG_LIMITSCANS) == 0
            }
            guard isSound else { throw .damaged(.jpeg) }
            return picture
        }
        return orientation(bytes).apply(to: picture)
    }

    /// What the header says. A progressive file is gone over once for every scan, most of which are quick.
    static func info(of bytes: Span<UInt8>, limits: DecodingLimits) throws(ImageError) -> ImageInfo {
        guard let decompressor = tjInitDecompress() else { throw .damaged(.jpeg) }
        defer { tjDestroy(decompressor) }
        let (width, height) = try bytes.withUnsafeBufferPointer { bytes throws(ImageError) -> (Int, Int) in
            let (width, height, _) = try header(bytes, decompressor, limits: limits)
            return (Int(width), Int(height))
        }
        let scans = scanCount(bytes)
        guard scans <= maximumScans else { throw .damaged(.jpeg) }
        return ImageInfo(
            .jpeg, width: width, height: height, passes: (scans + 3) / 4, orientation: orientation(bytes))
    }

    private static func header(
        _ bytes: UnsafeBufferPointer<UInt8>, _ decompressor: tjhandle, limits: DecodingLimits
    ) throws(ImageError) -> (width: Int32, height: Int32, colors: Int32) {
        var (width, height, sampling, colors) = (Int32(0), Int32(0), Int32(0), Int32(0))
        let status = tjDecompressHeader3(
            decompressor, bytes.baseAddress, UInt(bytes.count), &width, &height, &sampling, &colors)
        guard status == 0, width > 0, height > 0 else { throw .damaged(.jpeg) }
        try limits.check(width: Int(width), height: Int(height))
        guard colors != TJCS_CMYK.rawValue, colors != TJCS_YCCK.rawValue else { throw .unsupported(.jpeg, .inkColors) }
        return (width, height, colors)
    }

    /// A progressive file may ask for any number of passes over all pixels; encoders write about ten.
    private static let maximumScans = 100

    /// How many scans a file has, counted by their markers.
    private static func scanCount(_ bytes: Span<UInt8>) -> Int {
        var (count, offset) = (0, 2)
        while offset + 4 <= bytes.count {
            guard bytes[offset] == 0xFF else {
                offset += 1
                continue
            }
            switch bytes[offset + 1] {
            case 0x00, 0x01, 0xD0...0xD8:
                offset += 2
            case 0xFF:
                offset += 1
            case 0xD9:
                return count
            case let marker:
                if marker == 0xDA { count += 1 }
                offset += 2 + max(2, Int(bytes[offset + 2]) << 8 | Int(bytes[offset + 3]))
            }
        }
        return count
    }

    private static func pixelFormat(channels: Int) -> Int32 {
        Int32(channels == 1 ? TJPF_GRAY.rawValue : TJPF_RGB.rawValue)
    }

    /// What the EXIF block says, which is an APP1 segment before the pixels.
    private static func orientation(_ bytes: Span<UInt8>) -> Orientation {
        var offset = 2
        while offset + 4 <= bytes.count, bytes[offset] == 0xFF {
            let marker = bytes[offset + 1]
            if marker == 0xFF {  // a fill byte before the marker
                offset += 1
                continue
            }
            let length = Int(bytes[offset + 2]) << 8 | Int(bytes[offset + 3])
            let end = offset + 2 + length
            guard marker != 0xDA, length >= 2, end <= bytes.count else { return .up }
            if marker == 0xE1, length >= 8, bytes.holds("Exif\0\0", at: offset + 4) {
                return Orientation(exif: bytes.extracting(offset + 10..<end))
            }
            offset = end
        }
        return .up
    }
}
