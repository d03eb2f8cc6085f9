import Diffusion
import Imaging

/// The initial picture and the mask of a request, from the files or pixels that it came with to what the engine draws
/// with.
///
/// It has one owner and goes to the image work's thread and back.
struct InitialImages: ~Copyable, Sendable {
    /// What is drawn from, once prepared: of the size that the engine draws, or a smaller one where its latents are to be
    /// stretched, in three channels.
    var picture: PixelBuffer?

    /// Where it is drawn anew, once prepared: of the size that the engine draws, in one channel.
    var mask: PixelBuffer?

    /// What stays of the initial picture, once prepared.
    var overlay: Overlay?

    private var imageFile: ImageFile?
    private var maskFile: ImageFile?
    private let maskReading: MaskReading
    private let fitting: ImageUpload.Fitting
    private let transparencyStrength: Float?
    private var settings: GenerationSettings
    private let drawsPart: Bool
    /// The size that the engine draws.
    private let working: ImageSize
    /// The size of the finished pictures.
    private let delivered: ImageSize
    private let sizeMultiple: Int

    /// Takes the images out of a request, whose sizes are planned.
    ///
    /// - Parameter sizeMultiple: How many pixels a side of a latent stands for.
    init(of request: inout GenerationRequest, sizeMultiple: Int) {
        settings = request.settings
        drawsPart = request.drawsPart
        working = ImageSize(width: settings.width, height: settings.height)
        delivered = request.deliveredSize
        self.sizeMultiple = sizeMultiple
        picture = request.initialPicture.take()
        mask = request.mask.take()
        switch request.upload.take() {
        case .some(let upload):
            maskReading = upload.maskReading
            fitting = upload.fitting
            transparencyStrength = upload.transparencyStrength
            let image = upload.image
            imageFile = consume image
            maskFile = upload.mask
        case .none:
            maskReading = .brightness
            fitting = .crop
            transparencyStrength = nil
        }
    }

    /// Puts the images back into the request.
    consuming func put(into request: inout GenerationRequest) {
        request.settings = settings
        request.initialPicture = picture
        request.mask = mask
        request.overlay = overlay
    }

    /// Brings the initial picture to the size that it will be drawn at, the mask too, and keeps what stays as it is.
    ///
    /// The original and the mask are brought to the size that is delivered; what is drawn from is the same part of the
    /// original and around it, at the size that the engine draws. Images are made small as early as that gives the same
    /// pixels.
    ///
    /// - Throws: A ``RequestError`` for a file that cannot be decoded or a mask that marks nothing, and
    ///   `CancellationError`.
    mutating func prepare(_ cancellation: ImageWorkCancellation) throws {
        guard let picture = try takePicture(cancellation) else { return }
        try cancellation.check()
        guard settings.enlargement == nil else {
            self.picture = consume picture
            return
        }
        // What is delivered is this part of the original.
        let window = ImageSize(picture).window.cropped(toProportions: delivered.width, delivered.height)
        let size = ImageSize(picture)
        if hasMask {
            let sharpMask = try takeMask(for: size, window, cancellation)
            try cancellation.check()
            guard !settings.keepsInitialPicture else {
                guard sharpMask.whitePart != nil else { throw RequestError.emptyMask() }
                self.picture = delivering(picture, window)
                return
            }
            try prepare(picture, window, sharpMask, .through, cancellation)
        } else if let transparencyStrength, let mask = picture.transparencyMask() {
            settings.strength = transparencyStrength
            let sharpMask = mask.resampled(window, width: delivered.width, height: delivered.height)
            try cancellation.check()
            try prepare(picture, window, sharpMask, .behind, cancellation)
        } else if settings.keepsInitialPicture {
            self.picture = delivering(picture, window)
        } else if fitting == .latents {
            self.picture = latentSource(picture.compositedOnWhite())
        } else {
            self.picture = drawing(of: picture.compositedOnWhite(), window)
        }
    }

    /// What is delivered of a picture that stays as it is.
    private func delivering(_ picture: consuming PixelBuffer, _ window: PixelWindow) -> PixelBuffer {
        picture.compositedOnWhite().resampled(window, width: delivered.width, height: delivered.height)
    }

    /// A picture whose latents the engine is to stretch, at its own size as nearly as it can be encoded, or at the size
    /// that is drawn where that is smaller: a larger one would cost more memory than the request was said to.
    private func latentSource(_ picture: consuming PixelBuffer) -> PixelBuffer {
        guard picture.width * picture.height <= working.width * working.height else {
            return picture.resized(width: working.width, height: working.height)
        }
        let (width, height) = (picture.width, picture.height)
        return picture.resized(
            width: max(1, width / sizeMultiple) * sizeMultiple, height: max(1, height / sizeMultiple) * sizeMultiple)
    }

    /// Prepares what is drawn under a mask of the size that is delivered.
    private mutating func prepare(
        _ picture: consuming PixelBuffer, _ window: PixelWindow, _ sharpMask: consuming PixelBuffer,
        _ blending: Overlay.Blending, _ cancellation: ImageWorkCancellation
    ) throws {
        let picture = picture.compositedOnWhite()
        try cancellation.check()
        let mask = sharpMask.blurred(
            sigma: Float(settings.maskBlur), down: settings.maskBlurDown.map(Float.init))
        try cancellation.check()
        guard let white = mask.whitePart else { throw RequestError.emptyMask() }
        let original = picture.copied().resampled(window, width: delivered.width, height: delivered.height)
        try cancellation.check()
        guard drawsPart, case .onlyMasked(let padding) = settings.inpaintArea else {
            let all = delivered.window
            setDrawing(drawing(of: picture, window), mask: drawing(of: mask.copied(), all, maskFilter))
            let whole = PixelRectangle(x: 0, y: 0, width: delivered.width, height: delivered.height)
            overlay = Overlay(
                original: original, mask: settings.maskBlending == .halved ? mask.doubled() : mask, part: whole,
                blending: blending)
            return
        }
        let part = white.padded(
            by: padding, towards: (working.width, working.height), inside: (delivered.width, delivered.height))
        let all = PixelWindow(width: part.width, height: part.height)
        let drawn = drawing(of: original.cropped(to: part), all)
        try cancellation.check()
        setDrawing(drawn, mask: drawing(of: mask.cropped(to: part), all, maskFilter))
        overlay = Overlay(original: original, mask: mask, part: part, blending: blending)
    }

    private var hasMask: Bool { maskFile != nil || mask != nil }

    private mutating func takePicture(_ cancellation: ImageWorkCancellation) throws -> PixelBuffer? {
        guard let file = imageFile.take() else { return picture.take() }
        return resized(try file.decode(as: .initialPicture, cancellation))
    }

    /// The mask in one channel, of the size that is delivered.
    ///
    /// - Parameters:
    ///   - size: The size of the picture, all of which the mask lies over.
    ///   - window: The part of the picture that is delivered.
    private mutating func takeMask(
        for size: ImageSize, _ window: PixelWindow, _ cancellation: ImageWorkCancellation
    ) throws -> PixelBuffer {
        let mask = try takeMask(cancellation)
        let place = window.moved(from: (size.width, size.height), to: (mask.width, mask.height))
        return mask.resampled(place, width: delivered.width, height: delivered.height, filter: maskFilter)
    }

    private mutating func takeMask(_ cancellation: ImageWorkCancellation) throws -> PixelBuffer {
        guard let file = maskFile.take() else {
            guard let mask = mask.take()?.mask(reading: maskReading) else { throw RequestError.emptyMask() }
            return mask
        }
        let name = file.name
        guard let mask = try file.decode(as: .mask, cancellation).mask(reading: maskReading) else {
            throw RequestError.maskWithoutOpacity(name: name)
        }
        if maskReading == .transparency, mask.whitePart == nil { throw RequestError.opaqueMask(name: name) }
        return resized(mask)
    }

    /// A picture or mask as A1111's modes bring it to the size that is delivered. What is drawn under a mask alone is cut
    /// out and scaled together with the mask.
    private func resized(_ picture: consuming PixelBuffer) -> PixelBuffer {
        guard !drawsPart else { return picture }
        switch fitting {
        case .crop: return picture
        case .mode(let mode):
            return picture.resized(width: delivered.width, height: delivered.height, mode: mode)
        case .latents:
            return hasMask ? picture.resized(width: delivered.width, height: delivered.height) : picture
        }
    }

    /// A part of a picture, and what is around it where the proportions differ, at the size that the engine draws.
    private func drawing(
        of picture: consuming PixelBuffer, _ window: PixelWindow, _ filter: ResamplingFilter = .lanczos
    ) -> PixelBuffer {
        picture.resampled(
            window.widened(toProportions: working.width, working.height), width: working.width,
            height: working.height, filter: filter)
    }

    /// What masks are scaled with. Lanczos's filter, which A1111 uses, would mark a little beside what a mask marks.
    private var maskFilter: ResamplingFilter { settings.maskBlending == .halved ? .lanczos : .triangle }

    private mutating func setDrawing(_ picture: consuming PixelBuffer, mask: consuming PixelBuffer) {
        if settings.maskFill == .fill {
            self.picture = picture.filled(under: mask)
        } else {
            self.picture = consume picture
        }
        switch settings.maskBlending {
        case .proportional: self.mask = mask.marked(inBlocksOf: sizeMultiple)
        case .halved: self.mask = consume mask
        }
    }
}
