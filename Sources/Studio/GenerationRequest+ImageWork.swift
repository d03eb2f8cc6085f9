import Diffusion
import Imaging

extension GenerationRequest {
    /// Whether the pictures are made of an image that came with the request.
    public var hasInitialImage: Bool { initialSize != nil }

    /// Whether there is a mask.
    var hasMask: Bool { maskSize != nil }

    /// The width and height of the initial image, if there is one.
    var initialSize: (width: Int, height: Int)? {
        switch upload {
        case .some(let upload): return upload.image.info.size
        case .none: return initialPicture.size
        }
    }

    var maskSize: (width: Int, height: Int)? {
        switch upload {
        case .some(let upload): return upload.maskInfo?.size
        case .none: return mask.size
        }
    }

    private var drawnSize: (width: Int, height: Int) { (settings.width, settings.height) }

    /// The size of the initial image where the finished pictures keep it; nil where they have the settings' size.
    public var keptSize: (width: Int, height: Int)? {
        guard hasMask, case .onlyMasked = settings.inpaintArea else { return nil }
        return initialSize
    }

    /// The work on images that the request asks for besides what its steps pay for. It may be asked of settings that
    /// are not allowed.
    ///
    /// Pictures of the size that is drawn are written for nothing, since their steps are many times as much work.
    public var imageWork: ImageWork {
        guard let result = keptSize else { return preparationWork }
        return preparationWork
            + (.pass(2, over: result) + .encoding(width: result.width, height: result.height)) * settings.count
    }

    /// The work before the first step: reading the image and the mask, and bringing them to size.
    var preparationWork: ImageWork {
        guard let image = initialSize else { return .none }
        let fitting = readingWork + .pass(2, over: image) + .pass(2, over: drawnSize)
        guard let mask = maskSize else { return fitting }
        let filling = ImageWork.pass(settings.maskFill == .fill ? 60 : 0, over: drawnSize)
        let blurred = settings.inpaintArea == .wholePicture ? drawnSize : image
        return fitting + .pass(2, over: mask) + .pass(settings.maskBlur > 0 ? 10 : 4, over: blurred) + filling
    }

    private var readingWork: ImageWork {
        switch upload {
        case .some(let upload):
            let reading = ImageWork.pass(upload.image.info.passes, over: upload.image.info.size)
            guard let mask = upload.maskInfo else { return reading }
            return reading + .pass(mask.passes, over: mask.size)
        case .none: return .none
        }
    }
}

extension ImageInfo {
    fileprivate var size: (width: Int, height: Int) { (width, height) }
}

extension Optional where Wrapped == PixelBuffer {
    fileprivate var size: (width: Int, height: Int)? {
        switch self {
        case .some(let picture): (picture.width, picture.height)
        case .none: nil
        }
    }
}
