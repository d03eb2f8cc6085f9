public import Imaging

/// The initial image of a request, and perhaps a mask, as a client sent them.
///
/// They are decoded when the request has been found to be allowed and has a place, off the threads that answer others.
public struct ImageUpload: ~Copyable, Sendable {
    /// How an image is brought to the proportions of the pictures that are made of it.
    public enum Fitting: Sendable, Equatable {
        /// Each side is scaled for itself.
        case stretch
        /// What is too much is cut off on both sides, then the rest is scaled.
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

    /// Joins an image with its mask.
    public init(
        image: consuming ImageFile, mask: consuming ImageFile? = nil, maskReading: MaskReading = .brightness,
        fitting: Fitting = .stretch
    ) {
        self.image = image
        self.mask = mask
        self.maskReading = maskReading
        self.fitting = fitting
    }

    /// The mask's header, if there is a mask.
    var maskInfo: ImageInfo? {
        switch mask {
        case .some(let mask): mask.info
        case .none: nil
        }
    }
}
