internal import CLCMS

/// Changes pixels from the colors that their file describes to sRGB, through Little CMS.
///
/// As Pillow's `ImageCms.profileToProfile` does it: with the perceptual intent, and no black point compensation.
struct ColorConversion {
    /// What a file has of each pixel, whatever the pixels have become.
    enum Content {
        case gray, color, inks
    }

    private enum Method {
        /// For grey: what each level becomes.
        case table([UInt8])
        case transform(ColorTransform)
    }

    private let method: Method
    private let isWide: Bool
    private let channels: Int

    /// Prepares to change pixels; nil when they are sRGB as they are, or the description is of no use for them.
    ///
    /// - Parameters:
    ///   - description: What the file says of its colors.
    ///   - content: What the file has of each pixel.
    ///   - channels: What comes of each pixel: 1, 3 or 4 channels, the fourth of which is opacity unless they are inks.
    ///   - bits: 8 or 16 a channel.
    init?(_ description: borrowing ColorDescription, of content: Content, channels: Int, bits: Int = 8) {
        isWide = bits == 16
        self.channels = channels
        guard let profile = ColorProfile(description) else { return nil }
        switch (content, profile.colorSpace) {
        case (.gray, .gray), (.gray, .rgb):
            guard let table = Self.table(profile, levels: isWide ? 65_536 : 256) else { return nil }
            method = .table(table)
        case (.color, .rgb):
            guard !Self.isStandard(profile), let transform = Self.transform(profile, channels, isWide: isWide) else {
                return nil
            }
            method = .transform(transform)
        case (.inks, .inks):
            guard let transform = ColorTransform(profile, from: lcms_shim_inverted_cmyk_8, to: lcms_shim_rgb_8) else {
                return nil
            }
            method = .transform(transform)
        default:
            return nil
        }
    }

    /// Writes pixels of 8 bits a channel, inks as colors. Those may be written over 8-bit pixels that they are made of.
    ///
    /// - Parameters:
    ///   - source: The pixels as they are, in the order of this machine's bytes.
    ///   - target: Room for as many pixels.
    ///   - pixels: How many there are.
    func convert(_ source: UnsafeRawPointer, into target: UnsafeMutablePointer<UInt8>, pixels: Int) {
        switch method {
        case .table(let table) where isWide:
            let levels = source.assumingMemoryBound(to: UInt16.self)
            for index in 0..<pixels * channels {
                target[index] = isOpacity(index) ? UInt8(levels[index] / 257) : table[Int(levels[index])]
            }
        case .table(let table):
            let levels = source.assumingMemoryBound(to: UInt8.self)
            for index in 0..<pixels * channels {
                target[index] = isOpacity(index) ? levels[index] : table[Int(levels[index])]
            }
        case .transform(let transform):
            transform.apply(to: source, into: target, pixels: pixels)
        }
    }

    private func isOpacity(_ index: Int) -> Bool { channels == 4 && index & 3 == 3 }

    private static func transform(_ profile: ColorProfile, _ channels: Int, isWide: Bool) -> ColorTransform? {
        channels == 4
            ? ColorTransform(
                profile, from: isWide ? lcms_shim_rgba_16 : lcms_shim_rgba_8, to: lcms_shim_rgba_8,
                flags: lcms_shim_copy_alpha)
            : ColorTransform(profile, from: isWide ? lcms_shim_rgb_16 : lcms_shim_rgb_8, to: lcms_shim_rgb_8)
    }

    /// What becomes of each level of grey; nil when they stay as they are.
    private static func table(_ profile: ColorProfile, levels: Int) -> [UInt8]? {
        let isWide = levels > 256
        let isGray = profile.colorSpace == .gray
        let format =
            isGray
            ? isWide ? lcms_shim_gray_16 : lcms_shim_gray_8 : isWide ? lcms_shim_rgb_16 : lcms_shim_rgb_8
        guard let transform = ColorTransform(profile, from: format, to: lcms_shim_rgb_8) else { return nil }
        let channels = isGray ? 1 : 3
        var colors = [UInt8](repeating: 0, count: levels * 3)
        if isWide {
            transform.apply(
                to: (0..<levels * channels).map { UInt16(truncatingIfNeeded: $0 / channels) }, into: &colors,
                pixels: levels)
        } else {
            transform.apply(
                to: (0..<levels * channels).map { UInt8(truncatingIfNeeded: $0 / channels) }, into: &colors,
                pixels: levels)
        }
        // Grey stays grey; where a profile gives it a hue, green is nearest to its brightness.
        let table = (0..<levels).map { colors[3 * $0 + 1] }
        let isStandard = table.indices.allSatisfy { abs(Int(table[$0]) - $0 * 255 / (levels - 1)) <= 1 }
        return isStandard ? nil : table
    }

    /// Whether no color changes by more than rounding, as with the many profiles that describe sRGB.
    private static func isStandard(_ profile: ColorProfile) -> Bool {
        guard let transform = ColorTransform(profile, from: lcms_shim_rgb_8, to: lcms_shim_rgb_8) else { return true }
        let levels = Array(stride(from: 0, through: 255, by: 15))
        var colors: [UInt8] = []
        for red in levels {
            for green in levels {
                for blue in levels { colors += [UInt8(red), UInt8(green), UInt8(blue)] }
            }
        }
        var changed = colors
        transform.apply(to: colors, into: &changed, pixels: colors.count / 3)
        return zip(colors, changed).allSatisfy { abs(Int($0) - Int($1)) <= 1 }
    }
}

extension ColorConversion? {
    /// The picture's pixels changed, if there is anything to change.
    func apply(to picture: consuming PixelBuffer) -> PixelBuffer {
        guard let conversion = self else { return picture }
        var picture = picture
        let pixels = picture.width * picture.height
        picture.withUnsafeMutableBytes { bytes in
            guard let start = bytes.baseAddress else { return }
            conversion.convert(start, into: start, pixels: pixels)
        }
        return picture
    }
}
