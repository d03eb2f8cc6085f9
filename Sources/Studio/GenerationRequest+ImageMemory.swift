import Imaging

extension GenerationRequest {
    /// The bytes that bringing the images to size takes at its peak, besides the files and what stays for the pictures.
    var preparationBytes: Int {
        guard let image = initialSize else { return 0 }
        let (area, drawnArea) = (image.width * image.height, settings.width * settings.height)
        let reading = decodingBytes(of: area, mask: false)
        guard let mask = maskSize else { return reading + 8 * drawnArea }
        let maskArea = mask.width * mask.height
        // The mask is read while the image is held. The mask as large as the image is held up to three times by a blur.
        let afterwards = max(decodingBytes(of: maskArea, mask: true), 2 * maskArea + 4 * max(area, drawnArea))
        return max(reading, 4 * area + afterwards) + 8 * drawnArea
    }

    private func decodingBytes(of area: Int, mask: Bool) -> Int {
        switch upload {
        case .some(let upload): (mask ? upload.maskInfo : upload.image.info)?.decodingBytes ?? 0
        case .none: 4 * area
        }
    }
}

extension ImageInfo {
    /// The bytes that decoding takes at its peak: the pixels before and after they are turned, in four channels, and what
    /// a format's decoder holds of all of them, such as a progressive JPEG's coefficients.
    fileprivate var decodingBytes: Int { (format == .png ? 8 : MemoryBudget.imageBytesPerPixel) * width * height }
}
