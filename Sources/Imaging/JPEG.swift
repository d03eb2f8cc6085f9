import CJPEG
import Privacy

/// JPEG, through libjpeg-turbo, in memory.
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

    /// Decodes a JPEG file's pixels, turned as its EXIF block says, in the colours of sRGB.
    ///
    /// A file is read without its end if it has the pixels, but for some of the last row of blocks where there are many
    /// rows. Inks are inverted, as Adobe's programs write them and all others read them; without a profile, light is what
    /// each of them and black let through.
    public static func decode(
        _ bytes: Span<UInt8>, limits: DecodingLimits = DecodingLimits(), check: DecodingCheck = .wanted
    ) throws(ImageError) -> PixelBuffer {
        try limits.check(byteCount: bytes.count)
        guard scanCount(bytes) <= maximumScans else { throw .damaged(.jpeg) }
        let header = try header(bytes, limits: limits)
        let (width, height, channels) = (Int(header.width), Int(header.height), Int(header.channels))
        var stored = SecretBytes(count: width * height * channels)
        try stored.withUnsafeMutableBytes { (stored) throws(ImageError) in
            _ = try read(bytes, into: stored, rowBytes: width * channels, check)
        }
        let conversion: ColorConversion? =
            switch colorDescription(bytes) {
            case .some(let description):
                ColorConversion(
                    description, of: channels == 4 ? .inks : channels == 1 ? .gray : .color, channels: channels)
            case .none: nil
            }
        if channels == 4 {
            return orientation(bytes).apply(to: colors(ofInks: stored, conversion, width: width, height: height))
        }
        let picture = PixelBuffer(width: width, height: height, channels: channels, bytes: stored)
        return orientation(bytes).apply(to: conversion.apply(to: picture))
    }

    /// What the header says. A progressive file is gone over once for every scan, most of which are quick.
    static func info(of bytes: Span<UInt8>, limits: DecodingLimits) throws(ImageError) -> ImageInfo {
        let header = try header(bytes, limits: limits)
        let scans = scanCount(bytes)
        guard scans <= maximumScans else { throw .damaged(.jpeg) }
        let conversions = header.channels == 4 || describesColors(bytes) ? 1 : 0
        return ImageInfo(
            .jpeg, width: Int(header.width), height: Int(header.height), passes: (scans + 3) / 4 + conversions,
            orientation: orientation(bytes))
    }

    private static func header(_ bytes: Span<UInt8>, limits: DecodingLimits) throws(ImageError) -> jpeg_shim_header {
        let header = try read(bytes, into: nil, rowBytes: 0, .wanted)
        guard header.width > 0, header.height > 0 else { throw .damaged(.jpeg) }
        try limits.check(width: Int(header.width), height: Int(header.height))
        return header
    }

    /// Reads the header and, if there is room for them, the pixels.
    private static func read(
        _ bytes: Span<UInt8>, into pixels: UnsafeMutableBufferPointer<UInt8>?, rowBytes: Int, _ check: DecodingCheck
    ) throws(ImageError) -> jpeg_shim_header {
        var header = jpeg_shim_header()
        let status = bytes.withUnsafeBufferPointer { bytes in
            check.withCallback { isCancelled, context in
                jpeg_shim_read(
                    bytes.baseAddress, bytes.count, &header, pixels?.baseAddress, rowBytes, isCancelled, context)
            }
        }
        switch Int(status) {
        case JPEG_SHIM_READ: return header
        case JPEG_SHIM_CANCELLED: throw .cancelled
        case JPEG_SHIM_UNSUPPORTED: throw .unsupported(.jpeg, .rareCoding)
        default: throw .damaged(.jpeg)
        }
    }

    /// Colours of inks, of which 255 is none.
    private static func colors(
        ofInks inks: consuming SecretBytes, _ conversion: ColorConversion?, width: Int, height: Int
    ) -> PixelBuffer {
        var picture = PixelBuffer(width: width, height: height, channels: 3)
        inks.withUnsafeBytes { inks in
            picture.withUnsafeMutableBytes { colors in
                if let conversion, let source = inks.baseAddress, let target = colors.baseAddress {
                    return conversion.convert(source, into: target, pixels: width * height)
                }
                for pixel in 0..<width * height {
                    let black = Int(inks[pixel * 4 + 3])
                    for channel in 0..<3 {
                        // As Pillow's `cmyk2rgb` (src/libImaging/Convert.c) rounds.
                        let product = (255 - Int(inks[pixel * 4 + channel])) * black + 128
                        colors[pixel * 3 + channel] = UInt8(clamping: black - (product >> 8 + product) >> 8)
                    }
                }
            }
        }
        return picture
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
}
