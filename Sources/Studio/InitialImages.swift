import Diffusion
import Imaging

/// The initial picture and the mask of a request, from the files or pixels that it came with to what the engine draws
/// with.
///
/// It has one owner and goes to the image work's thread and back.
struct InitialImages: ~Copyable, Sendable {
    /// What is drawn from, once prepared: of the settings' size, in three channels.
    var picture: PixelBuffer?

    /// Where it is drawn anew, once prepared: of the settings' size, in one channel.
    var mask: PixelBuffer?

    /// What stays of the initial picture, once prepared.
    var overlay: Overlay?

    private var imageFile: ImageFile?
    private var maskFile: ImageFile?
    private let maskReading: MaskReading
    private let fitting: ImageUpload.Fitting
    private let settings: GenerationSettings

    /// Takes the images out of a request.
    init(of request: inout GenerationRequest) {
        settings = request.settings
        picture = request.initialPicture.take()
        mask = request.mask.take()
        switch request.upload.take() {
        case .some(let upload):
            maskReading = upload.maskReading
            fitting = upload.fitting
            let image = upload.image
            imageFile = consume image
            maskFile = upload.mask
        case .none:
            maskReading = .brightness
            fitting = .stretch
        }
    }

    /// Puts the images back into the request.
    consuming func put(into request: inout GenerationRequest) {
        request.initialPicture = picture
        request.mask = mask
        request.overlay = overlay
    }

    /// Brings the initial picture to the size that it will be drawn at, the mask too, and keeps what stays as it is.
    ///
    /// The mask's edge is blurred, and the kept part of the original reaches half into the blur, or all the way where
    /// only the masked part is drawn, as in AUTOMATIC1111's `modules/processing.py`. Images are made small as early as
    /// that gives the same pixels.
    ///
    /// - Throws: A ``RequestError`` for a file that cannot be decoded or a mask that marks nothing, and
    ///   `CancellationError`.
    mutating func prepare(_ cancellation: ImageWorkCancellation) throws {
        guard let picture = try takePicture() else { return }
        try cancellation.check()
        let (width, height) = (settings.width, settings.height)
        guard hasMask else {
            self.picture = picture.resized(width: width, height: height).compositedOnWhite()
            return
        }
        switch settings.inpaintArea {
        case .wholePicture:
            let original = picture.resized(width: width, height: height).compositedOnWhite()
            try cancellation.check()
            let mask = try takeMask().resized(width: width, height: height)
                .blurred(sigma: Float(settings.maskBlur))
            try cancellation.check()
            guard mask.whitePart != nil else { throw RequestError.emptyMask() }
            guard !settings.keepsInitialPicture else {
                self.picture = consume original
                return
            }
            setDrawing(original.copied(), mask: mask.copied())
            overlay = Overlay(
                original: original, mask: mask.doubled(),
                part: PixelRectangle(x: 0, y: 0, width: width, height: height))
        case .onlyMasked(let padding):
            let original = picture.compositedOnWhite()
            try cancellation.check()
            let sharpMask = try takeMask().resized(width: original.width, height: original.height)
            try cancellation.check()
            let mask = sharpMask.blurred(sigma: Float(settings.maskBlur))
            try cancellation.check()
            guard let white = mask.whitePart else { throw RequestError.emptyMask() }
            let part = white.padded(
                by: padding, towards: (width, height), inside: (original.width, original.height))
            let drawn = original.cropped(to: part).resized(width: width, height: height)
            try cancellation.check()
            guard !settings.keepsInitialPicture else {
                self.picture = consume drawn
                // Nothing of what is drawn is taken.
                let black = PixelBuffer(width: original.width, height: original.height, channels: 1)
                overlay = Overlay(original: original, mask: black, part: part)
                return
            }
            setDrawing(drawn, mask: mask.cropped(to: part).resized(width: width, height: height))
            overlay = Overlay(original: original, mask: mask, part: part)
        }
    }

    private var hasMask: Bool { maskFile != nil || mask != nil }

    private mutating func takePicture() throws -> PixelBuffer? {
        guard let file = imageFile.take() else { return picture.take() }
        return fit(try file.decode(as: .initialPicture))
    }

    /// The mask in one channel.
    private mutating func takeMask() throws -> PixelBuffer {
        guard let file = maskFile.take() else {
            guard let mask = mask.take() else { throw RequestError.emptyMask() }
            return mask.luma()
        }
        let name = file.name
        guard let mask = try file.decode(as: .mask).mask(reading: maskReading) else {
            throw RequestError.maskWithoutOpacity(name: name)
        }
        if maskReading == .transparency, mask.whitePart == nil { throw RequestError.opaqueMask(name: name) }
        return fit(mask)
    }

    private func fit(_ picture: consuming PixelBuffer) -> PixelBuffer {
        let (width, height) = (settings.width, settings.height)
        switch fitting {
        case .stretch:
            return picture
        case .crop:
            return picture.cropped(toProportions: width, height)
        case .mode(let mode):
            // What is drawn under a mask alone is cut out and scaled together with the mask.
            guard mode != .stretch, settings.inpaintArea == .wholePicture else { return picture }
            return picture.resized(width: width, height: height, mode: mode)
        }
    }

    private mutating func setDrawing(_ picture: consuming PixelBuffer, mask: consuming PixelBuffer) {
        if settings.maskFill == .fill {
            self.picture = picture.filled(under: mask)
        } else {
            self.picture = consume picture
        }
        self.mask = consume mask
    }
}
