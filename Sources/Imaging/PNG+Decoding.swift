internal import CPNG
internal import Privacy

extension PNG {
    /// Decodes a PNG file's pixels, 16-bit channels reduced to 8, palettes and transparent colours resolved, in the
    /// colours of sRGB, turned as its EXIF block says. Of an animation it is the picture that viewers without it show.
    ///
    /// Damage in chunks that no pixel needs harms nothing, as libpng has it.
    public static func decode(
        _ bytes: Span<UInt8>, limits: DecodingLimits = DecodingLimits(), check: DecodingCheck = .wanted
    ) throws(ImageError) -> PixelBuffer {
        try limits.check(byteCount: bytes.count)
        let picture = try bytes.withUnsafeBufferPointer { bytes throws(ImageError) -> PixelBuffer in
            // libpng keeps its address.
            let reader = UnsafeMutablePointer<png_shim_reader>.allocate(capacity: 1)
            defer { reader.deallocate() }
            reader.initialize(
                to: png_shim_reader(png: nil, info: nil, bytes: bytes.baseAddress, count: bytes.count, offset: 0))
            guard png_shim_open(reader, png_uint_32(clamping: limits.maximumBytes)) != 0 else { throw .damaged(.png) }
            defer { png_shim_close(reader) }
            return try read(reader, limits: limits, check)
        }
        return orientation(bytes).apply(to: picture)
    }

    /// What the header chunk says, which is always the first.
    static func info(of bytes: Span<UInt8>, limits: DecodingLimits) throws(ImageError) -> ImageInfo {
        guard bytes.count >= 33, bytes.holds("IHDR", at: 12) else { throw .damaged(.png) }
        let (width, height) = (bytes.bigEndian(at: 16), bytes.bigEndian(at: 20))
        guard width > 0, height > 0 else { throw .damaged(.png) }
        try limits.check(width: width, height: height)
        let describesColors = ["iCCP", "gAMA", "cHRM"].contains { chunk($0, of: bytes) != nil }
        return ImageInfo(
            .png, width: width, height: height, passes: (bytes[28] == 0 ? 1 : 2) + (describesColors ? 1 : 0),
            orientation: orientation(bytes))
    }

    private static func read(
        _ reader: UnsafeMutablePointer<png_shim_reader>, limits: DecodingLimits, _ check: DecodingCheck
    ) throws(ImageError) -> PixelBuffer {
        let (png, info) = (reader.pointee.png, reader.pointee.info)
        let (width, height) = (Int(png_get_image_width(png, info)), Int(png_get_image_height(png, info)))
        try limits.check(width: width, height: height)
        let isGray = Int32(png_get_color_type(png, info)) & PNG_COLOR_MASK_COLOR == 0
        let isWide = png_get_bit_depth(png, info) == 16
        let description = description(png_shim_describe(reader))
        let keepsWide =
            switch description {
            case .some: isWide
            case .none: false
            }
        var passes: Int32 = 0
        let channels = Int(png_shim_begin(reader, keepsWide ? 1 : 0, &passes))
        guard channels == 1 || channels == 3 || channels == 4 else { throw .damaged(.png) }
        var picture = PixelBuffer(width: width, height: height, channels: channels)
        guard case .some(let description) = description else {
            try read(reader, passes, &picture, check)
            return picture
        }
        let conversion = ColorConversion(
            description, of: isGray ? .gray : .color, channels: channels, bits: keepsWide ? 16 : 8)
        guard keepsWide else {
            try read(reader, passes, &picture, check)
            return conversion.apply(to: picture)
        }
        var wide = SecretBytes(count: picture.byteCount * 2)
        try wide.withUnsafeMutableBytes { (wide) throws(ImageError) in
            try read(reader, passes, into: wide.baseAddress, rowBytes: width * channels * 2, check)
            picture.withUnsafeMutableBytes { narrow in
                guard let source = wide.baseAddress, let target = narrow.baseAddress else { return }
                if let conversion {
                    conversion.convert(source, into: target, pixels: width * height)
                } else {
                    UnsafeRawPointer(source).withMemoryRebound(to: UInt16.self, capacity: narrow.count) { levels in
                        for index in narrow.indices { target[index] = UInt8((Int(levels[index]) * 255 + 32_895) >> 16) }
                    }
                }
            }
        }
        return picture
    }

    private static func read(
        _ reader: UnsafeMutablePointer<png_shim_reader>, _ passes: Int32, _ picture: inout PixelBuffer,
        _ check: DecodingCheck
    ) throws(ImageError) {
        let rowBytes = picture.bytesPerRow
        try picture.withUnsafeMutableBytes { (pixels) throws(ImageError) in
            try read(reader, passes, into: pixels.baseAddress, rowBytes: rowBytes, check)
        }
    }

    private static func read(
        _ reader: UnsafeMutablePointer<png_shim_reader>, _ passes: Int32, into pixels: UnsafeMutablePointer<UInt8>?,
        rowBytes: Int, _ check: DecodingCheck
    ) throws(ImageError) {
        let status = check.withCallback { png_shim_read(reader, passes, pixels, rowBytes, $0, $1) }
        switch Int(status) {
        case PNG_SHIM_READ: return
        case PNG_SHIM_CANCELLED: throw .cancelled
        default: throw .damaged(.png)
        }
    }

    /// What the chunks say of the colors: a profile counts before the word that it is sRGB, and that before numbers.
    private static func description(_ colors: png_shim_colors) -> ColorDescription? {
        if let profile = ICCProfile(UnsafeBufferPointer(start: colors.profile, count: colors.profile_count).span) {
            return .profile(profile)
        }
        guard colors.is_srgb == 0 else { return nil }
        let xy = colors.chromaticities
        func place(_ x: Double, _ y: Double) -> ColorCalibration.Chromaticity { .init(x: x, y: y) }
        let primaries = ColorCalibration.Primaries(
            white: place(xy.0, xy.1), red: place(xy.2, xy.3), green: place(xy.4, xy.5), blue: place(xy.6, xy.7))
        return ColorCalibration(
            primaries: colors.has_chromaticities == 0 ? nil : primaries,
            gamma: colors.has_gamma == 0 ? nil : colors.gamma
        ).map { .calibration($0) }
    }

    /// What the chunk eXIf says, if there is one.
    private static func orientation(_ bytes: Span<UInt8>) -> Orientation {
        guard let content = chunk("eXIf", of: bytes) else { return .up }
        return Orientation(exif: bytes.extracting(content))
    }

    /// Where the content of the first chunk of this type is.
    private static func chunk(_ type: StaticString, of bytes: Span<UInt8>) -> Range<Int>? {
        var offset = 8
        while offset + 12 <= bytes.count {
            let length = bytes.bigEndian(at: offset)
            guard length <= bytes.count - offset - 12 else { return nil }
            if bytes.holds(type, at: offset + 4) { return offset + 8..<offset + 8 + length }
            offset += 12 + length
        }
        return nil
    }
}
