internal import CWebP
internal import Privacy

extension WebP {
    /// Decodes a WebP file's pixels, turned as its EXIF block says, in the colours of sRGB. Of an animation it is the
    /// first picture.
    public static func decode(
        _ bytes: Span<UInt8>, limits: DecodingLimits = DecodingLimits(), check: DecodingCheck = .wanted
    ) throws(ImageError) -> PixelBuffer {
        try limits.check(byteCount: bytes.count)
        let picture = try bytes.withUnsafeBufferPointer { bytes throws(ImageError) -> PixelBuffer in
            let features = try features(bytes, limits: limits)
            var picture = PixelBuffer(
                width: Int(features.width), height: Int(features.height), channels: features.has_alpha != 0 ? 4 : 3)
            if features.has_animation != 0 {
                try readFirstFrame(bytes, into: &picture, check)
            } else {
                try read(bytes, into: &picture, check)
            }
            return picture
        }
        let conversion: ColorConversion? =
            switch colorDescription(bytes) {
            case .some(let description): ColorConversion(description, of: .color, channels: picture.channels)
            case .none: nil
            }
        return orientation(bytes).apply(to: conversion.apply(to: picture))
    }

    /// What the header says.
    static func info(of bytes: Span<UInt8>, limits: DecodingLimits) throws(ImageError) -> ImageInfo {
        let (width, height) = try bytes.withUnsafeBufferPointer { bytes throws(ImageError) -> (Int, Int) in
            let features = try features(bytes, limits: limits)
            return (Int(features.width), Int(features.height))
        }
        return ImageInfo(
            .webp, width: width, height: height, passes: chunk("ICCP", profileFlag, of: bytes) == nil ? 1 : 2,
            orientation: orientation(bytes))
    }

    private static func features(
        _ bytes: UnsafeBufferPointer<UInt8>, limits: DecodingLimits
    ) throws(ImageError) -> WebPBitstreamFeatures {
        var features = WebPBitstreamFeatures()
        guard WebPGetFeatures(bytes.baseAddress, bytes.count, &features) == VP8_STATUS_OK, features.width > 0,
            features.height > 0
        else { throw .damaged(.webp) }
        try limits.check(width: Int(features.width), height: Int(features.height))
        return features
    }

    /// Reads a picture, or a part of one that lies somewhere in the picture.
    private static func read(
        _ bytes: UnsafeBufferPointer<UInt8>, into picture: inout PixelBuffer, x: Int = 0, y: Int = 0,
        _ check: DecodingCheck
    ) throws(ImageError) {
        let (stride, channels) = (picture.bytesPerRow, picture.channels)
        try picture.withUnsafeMutableBytes { (pixels) throws(ImageError) in
            let target = UnsafeMutableBufferPointer(rebasing: pixels[(y * stride + x * channels)...])
            guard
                let decoder = WebPINewRGB(
                    channels == 4 ? MODE_RGBA : MODE_RGB, target.baseAddress, target.count, Int32(stride))
            else { throw .damaged(.webp) }
            defer { WebPIDelete(decoder) }
            // The decoder is shown more and more of the file, and does what it can with that.
            var count = 0
            while true {
                guard !check.isCancelled() else { throw .cancelled }
                count = min(bytes.count, count + pieceBytes)
                switch WebPIUpdate(decoder, bytes.baseAddress, count) {
                case VP8_STATUS_OK: return
                case VP8_STATUS_SUSPENDED where count < bytes.count: break
                default: throw .damaged(.webp)
                }
            }
        }
    }

    /// How much of a file is decoded between two checks of whether it is wanted: a few rows of a photograph.
    private static let pieceBytes = 32 << 10

    /// Reads an animation's first frame, around which the picture is clear, or black where it has no opacity.
    private static func readFirstFrame(
        _ bytes: UnsafeBufferPointer<UInt8>, into picture: inout PixelBuffer, _ check: DecodingCheck
    ) throws(ImageError) {
        var data = WebPData(bytes: bytes.baseAddress, size: bytes.count)
        var state = WEBP_DEMUX_PARSING_HEADER
        // A part of an animation may hold all of its first frame.
        guard let demuxer = WebPDemuxPartial(&data, &state) else { throw .damaged(.webp) }
        defer { WebPDemuxDelete(demuxer) }
        var frame = WebPIterator()
        guard WebPDemuxGetFrame(demuxer, 1, &frame) != 0 else { throw .damaged(.webp) }
        defer { WebPDemuxReleaseIterator(&frame) }
        let (x, y) = (Int(frame.x_offset), Int(frame.y_offset))
        let (width, height) = (Int(frame.width), Int(frame.height))
        guard frame.complete != 0, x >= 0, y >= 0, width > 0, height > 0, x <= picture.width - width,
            y <= picture.height - height
        else { throw .damaged(.webp) }
        let fragment = UnsafeBufferPointer(start: frame.fragment.bytes, count: frame.fragment.size)
        var features = WebPBitstreamFeatures()
        guard WebPGetFeatures(fragment.baseAddress, fragment.count, &features) == VP8_STATUS_OK,
            Int(features.width) == width, Int(features.height) == height
        else { throw .damaged(.webp) }
        try read(fragment, into: &picture, x: x, y: y, check)
    }

    private static let profileFlag: UInt8 = 0x20

    /// The color profile, if there is one.
    private static func colorDescription(_ bytes: Span<UInt8>) -> ColorDescription? {
        guard let content = chunk("ICCP", profileFlag, of: bytes),
            let profile = ICCProfile(bytes.extracting(content))
        else { return nil }
        return .profile(profile)
    }

    /// What the chunk EXIF says, if there is one.
    private static func orientation(_ bytes: Span<UInt8>) -> Orientation {
        guard let content = chunk("EXIF", exifFlag, of: bytes) else { return .up }
        // Some writers keep the prefix that the block has in JPEG files.
        let prefix = bytes.holds("Exif\0\0", at: content.lowerBound) && content.count >= 6 ? 6 : 0
        return Orientation(exif: bytes.extracting(content.lowerBound + prefix..<content.upperBound))
    }

    /// Where the content of the first chunk of this type is, if the header announces it, as libwebp has it.
    private static func chunk(_ type: StaticString, _ flag: UInt8, of bytes: Span<UInt8>) -> Range<Int>? {
        guard bytes.count > 20, bytes.holds("VP8X", at: 12), bytes[20] & flag != 0 else { return nil }
        var offset = 12
        while offset + 8 <= bytes.count {
            let length = bytes.littleEndian(at: offset + 4)
            guard length <= bytes.count - offset - 8 else { return nil }
            if bytes.holds(type, at: offset) { return offset + 8..<offset + 8 + length }
            offset += 8 + length + length & 1
        }
        return nil
    }
}
