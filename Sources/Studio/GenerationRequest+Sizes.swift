import Imaging

extension GenerationRequest {
    /// Whether the pictures are made of an image that came with the request.
    public var hasInitialImage: Bool { initialSize != nil }

    /// Whether there is a mask.
    var hasMask: Bool { maskSize != nil }

    /// Whether a mask marks a part of the initial image, which may be the image's own transparency.
    var mayHaveMask: Bool {
        switch upload {
        case .some(let upload): return upload.maskSize != nil || upload.transparencyStrength != nil
        case .none: return mask.size != nil
        }
    }

    /// The size of the initial image, if there is one.
    var initialSize: ImageSize? {
        switch upload {
        case .some(let upload): return ImageSize(upload.image.info)
        case .none: return initialPicture.size
        }
    }

    /// The size of the mask, if there is one.
    var maskSize: ImageSize? {
        switch upload {
        case .some(let upload): return upload.maskSize
        case .none: return mask.size
        }
    }

    /// The size that the finished pictures have: the settings' width and height, or the initial image's own.
    public var deliveredSize: ImageSize {
        if let plannedDelivery { return plannedDelivery }
        if let enlargement = settings.enlargement, let initialSize { return enlargement.deliveredSize(of: initialSize) }
        if settings.keepsImageSize, let initialSize { return initialSize }
        return ImageSize(width: settings.width, height: settings.height)
    }

    /// The size at which a model makes the pictures; of a request whose settings are allowed.
    ///
    /// Where only what is under the mask is drawn, the settings' width and height say how large.
    public func workingSize(for model: ModelCard, limits: RequestLimits) -> ImageSize {
        if plannedDelivery != nil { return ImageSize(width: settings.width, height: settings.height) }
        if settings.enlargement != nil, let initialSize { return initialSize }
        if drawsPart {
            return model.workingSize(for: ImageSize(width: settings.width, height: settings.height), limits: limits)
        }
        return model.workingSize(for: deliveredSize, limits: limits)
    }

    /// Whether only what is under a mask is drawn, and put back into the initial image.
    var drawsPart: Bool {
        guard hasMask, case .onlyMasked = settings.inpaintArea else { return false }
        return true
    }

    /// Whether the pictures are the initial one as it is, so that the engine has nothing to do.
    var keepsInitialPicture: Bool { hasInitialImage && settingsOfWork.keepsInitialPicture }

    /// Decides the sizes once the settings have been found to be allowed: from then on, the settings' width and height
    /// are those that the engine draws; of an enlargement, those of the picture that was sent.
    mutating func planSizes(for model: ModelCard, limits: RequestLimits) {
        let (working, delivered) = (workingSize(for: model, limits: limits), deliveredSize)
        plannedDelivery = delivered
        (settings.width, settings.height) = (working.width, working.height)
    }
}

extension Optional where Wrapped == PixelBuffer {
    fileprivate var size: ImageSize? {
        switch self {
        case .some(let picture): ImageSize(picture)
        case .none: nil
        }
    }
}
