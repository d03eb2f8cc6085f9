import Imaging

extension GenerationRequest {
    /// The bytes that bringing the images to size takes at its peak, besides the files and what stays for the pictures;
    /// once the sizes are planned.
    var preparationBytes: Int {
        guard let image = initialSize else { return 0 }
        let drawn = 8 * settings.width * settings.height + 8 * deliveredSize.pixels
        // The image before and after it is put on white, or two copies where a part stays.
        let fitting = 8 * image.pixels
        guard mayHaveMask else { return max(decodingBytes, fitting) + drawn }
        // The mask is read while the image is held.
        return max(decodingBytes, 4 * image.pixels + maskDecodingBytes, fitting) + drawn
    }

    private var decodingBytes: Int {
        switch upload {
        case .some(let upload): upload.image.info.decodingBytes
        case .none: 0
        }
    }

    private var maskDecodingBytes: Int {
        switch upload {
        case .some(let upload): upload.maskInfo?.decodingBytes ?? 0
        case .none: 0
        }
    }
}

extension ImageInfo {
    /// The bytes that decoding takes at its peak.
    fileprivate var decodingBytes: Int { MemoryBudget.imageBytesPerPixel * width * height }
}
