import Diffusion
import Imaging

extension GenerationRequest {
    private var drawnSize: ImageSize { ImageSize(width: settings.width, height: settings.height) }

    /// Whether the finished pictures are more than what the engine draws.
    private var needsFinishing: Bool { mayHaveMask || deliveredSize != drawnSize }

    /// The work on images that the request asks for besides what its steps pay for, once its sizes are planned. It may be
    /// asked of settings that are not allowed.
    ///
    /// Pictures of the size that is drawn are written for nothing, since their steps are many times as much work.
    public var imageWork: ImageWork {
        let size = deliveredSize
        let isCutOut = settings.background == .transparent
        guard size != drawnSize || drawsPart || isCutOut else { return preparationWork }
        return preparationWork
            + (.pass(isCutOut ? PixelBuffer.cutoutPasses : 0, over: size) + .pass(Picture.finishingPasses, over: size)
                + .encoding(width: size.width, height: size.height)) * settings.count
    }

    /// The work before the first step: reading the image and the mask, and bringing them to size.
    var preparationWork: ImageWork {
        guard let image = initialSize else { return .none }
        guard settings.enlargement == nil else { return readingWork }
        let size = deliveredSize
        let fitting = readingWork + .pass(2, over: image) + .pass(2, over: drawnSize)
        guard mayHaveMask else { return fitting }
        let filling = ImageWork.pass(settings.maskFill == .fill ? 60 : 0, over: drawnSize)
        return fitting + .pass(2, over: maskSize ?? image) + .pass(2, over: size)
            + .pass(settings.maskBlur > 0 ? 10 : 4, over: size) + filling
    }

    /// The bytes that the request holds from its arrival to its end, once its sizes are planned: what comes with it, and
    /// the pictures that come of it.
    var heldBytes: Int {
        let size = deliveredSize
        let (area, delivered) = (drawnSize.pixels, size.pixels)
        // Before and after, with opacity, and once more while it is written.
        guard settings.enlargement == nil else { return 4 * area + 10 * delivered }
        var held = settings.count * 3 * max(area, delivered)
        // One picture at a time is brought to its size and written.
        if needsFinishing { held += 6 * delivered }
        if settings.background == .transparent { held += PixelBuffer.cutoutBytesPerPixel * delivered }
        guard hasInitialImage else { return held }
        held += 3 * area
        // The mask, and the original that the result is blended with.
        if mayHaveMask { held += area + 4 * delivered }
        return held
    }

    private var readingWork: ImageWork {
        switch upload {
        case .some(let upload):
            let reading = ImageWork.pass(upload.image.info.passes, over: ImageSize(upload.image.info))
            guard let mask = upload.maskInfo else { return reading }
            return reading + .pass(mask.passes, over: ImageSize(mask))
        case .none: return .none
        }
    }
}
