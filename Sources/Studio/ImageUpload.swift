public import Imaging

/// The initial image of a request, and perhaps a mask, as a client sent them.
///
/// They are decoded when the request has been found to be allowed and has a place, off the threads that answer others.
public struct ImageUpload: ~Copyable, Sendable {
    /// How an image is brought to the proportions of the pictures that are made of it.
    public enum Fitting: Sendable, Equatable {
        /// It is scaled until it covers them, and what is too much is cut off on both sides.
        case crop
        /// As A1111's modes do it, unless only what is under a mask is drawn.
        case mode(ResizeMode)
        /// Each side is scaled for itself, once the image has become latents, unless there is a mask.
        case latents
    }

    /// The image.
    public let image: ImageFile

    /// Where the image is drawn anew; nil to draw all of it anew.
    public let mask: ImageFile?

    /// What of the mask says so.
    public let maskReading: MaskReading

    /// How both are brought to the pictures' proportions.
    public let fitting: Fitting

    /// How much is made anew of an image that comes without a mask and is transparent somewhere: only what is transparent
    /// is drawn then. Nil where an image's own transparency is no mask.
    public let transparencyStrength: Float?

    /// Joins an image with its mask.
    public init(
        image: consuming ImageFile, mask: consuming ImageFile? = nil, maskReading: MaskReading = .brightness,
        fitting: Fitting = .crop, transparencyStrength: Float? = nil
    ) {
        // A mask of its own says all that there is to say.
        let isMasked = Self.isFile(mask)
        self.transparencyStrength = isMasked || image.info.format == .jpeg ? nil : transparencyStrength
        self.image = image
        self.mask = mask
        self.maskReading = maskReading
        self.fitting = fitting
    }

    private static func isFile(_ file: borrowing ImageFile?) -> Bool {
        switch file {
        case .some: true
        case .none: false
        }
    }

    /// The mask's size, if there is a mask.
    var maskSize: ImageSize? {
        switch mask {
        case .some(let mask): ImageSize(mask.info)
        case .none: nil
        }
    }

    /// The mask's header, if there is a mask.
    var maskInfo: ImageInfo? {
        switch mask {
        case .some(let mask): mask.info
        case .none: nil
        }
    }
}
