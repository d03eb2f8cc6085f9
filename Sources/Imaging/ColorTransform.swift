internal import CLCMS

/// What a file describes its colors with, opened by Little CMS.
///
/// Profiles are hostile input. What the library makes of one that it cannot read is nothing, without a word anywhere:
/// its contexts write no messages unless they are told where to.
final class ColorProfile {
    let colorSpace: ICCProfile.ColorSpace
    fileprivate let context: cmsContext
    fileprivate let handle: cmsHPROFILE

    /// Opens what describes the colors; nil when it is not sound.
    init?(_ description: borrowing ColorDescription) {
        guard let context = cmsCreateContext(nil, nil) else { return nil }
        let handle: cmsHPROFILE?
        switch description {
        case .profile(let profile):
            colorSpace = profile.colorSpace
            handle = profile.withUnsafeBytes {
                cmsOpenProfileFromMemTHR(context, $0.baseAddress, cmsUInt32Number($0.count))
            }
        case .calibration(let calibration):
            colorSpace = .rgb
            handle = Self.open(calibration, context)
        }
        guard let handle else {
            cmsDeleteContext(context)
            return nil
        }
        self.context = context
        self.handle = handle
    }

    deinit {
        cmsCloseProfile(handle)
        cmsDeleteContext(context)
    }

    private static func open(_ calibration: ColorCalibration, _ context: cmsContext) -> cmsHPROFILE? {
        let curve =
            if let exponent = calibration.exponent {
                cmsBuildGamma(context, exponent)
            } else {
                cmsBuildParametricToneCurve(
                    context, 4, [2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045])
            }
        guard let curve else { return nil }
        defer { cmsFreeToneCurve(curve) }
        func place(_ color: ColorCalibration.Chromaticity) -> cmsCIExyY { cmsCIExyY(x: color.x, y: color.y, Y: 1) }
        let primaries = calibration.primaries
        var white = place(primaries.white)
        var colors = cmsCIExyYTRIPLE(
            Red: place(primaries.red), Green: place(primaries.green), Blue: place(primaries.blue))
        var curves: [OpaquePointer?] = [curve, curve, curve]
        return cmsCreateRGBProfileTHR(context, &white, &colors, &curves)
    }
}

/// A change of pixels from a file's colors to sRGB.
final class ColorTransform {
    private let handle: cmsHTRANSFORM
    private let sourceBytes: Int
    private let targetBytes: Int
    /// The transform refers to its context.
    private let profile: ColorProfile

    /// Prepares a change between two of the library's layouts; nil when the profile has not what it takes.
    init?(_ profile: ColorProfile, from source: UInt32, to target: UInt32, flags: UInt32 = 0) {
        guard let standard = cmsCreate_sRGBProfileTHR(profile.context) else { return nil }
        defer { cmsCloseProfile(standard) }
        guard
            let handle = cmsCreateTransformTHR(
                profile.context, profile.handle, source, standard, target, cmsUInt32Number(INTENT_PERCEPTUAL), flags)
        else { return nil }
        self.handle = handle
        self.profile = profile
        sourceBytes = Self.bytesPerPixel(source)
        targetBytes = Self.bytesPerPixel(target)
    }

    deinit { cmsDeleteTransform(handle) }

    /// Writes the changed pixels.
    func apply(to source: UnsafeRawPointer, into target: UnsafeMutablePointer<UInt8>, pixels: Int) {
        var done = 0
        while done < pixels {
            let count = min(pixels - done, 1 << 20)
            cmsDoTransform(
                handle, source + done * sourceBytes, target + done * targetBytes, cmsUInt32Number(count))
            done += count
        }
    }

    /// Of a layout's number, the lowest three bits are the bytes of a channel, and those above count channels.
    private static func bytesPerPixel(_ layout: UInt32) -> Int {
        Int(layout & 7) * Int(layout >> 3 & 15 + layout >> 7 & 7)
    }
}
