import Diffusion
import Imaging

extension GenerationRequest {
    /// Brings the initial picture to the size that it will be drawn at, the mask too, and keeps what stays as it is.
    ///
    /// The mask's edge is blurred, and the kept part of the original reaches half into the blur, or all the way where
    /// only the masked part is drawn, as in AUTOMATIC1111's `modules/processing.py`.
    ///
    /// - Throws: A ``RequestError`` for a mask that marks nothing.
    mutating func prepareInitialPicture() throws(RequestError) {
        guard let picture = initialPicture.take() else { return }
        let (width, height) = (settings.width, settings.height)
        guard let mask = mask.take() else {
            initialPicture = picture.resized(width: width, height: height).compositedOnWhite()
            return
        }
        switch settings.inpaintArea {
        case .wholePicture:
            let original = picture.resized(width: width, height: height).compositedOnWhite()
            let mask = mask.luma().resized(width: width, height: height).blurred(sigma: Float(settings.maskBlur))
            guard mask.whitePart != nil else { throw .emptyMask() }
            setDrawing(original.copied(), mask: mask.copied())
            overlay = Overlay(
                original: original, mask: mask.doubled(),
                part: PixelRectangle(x: 0, y: 0, width: width, height: height))
        case .onlyMasked(let padding):
            let original = picture.compositedOnWhite()
            let mask = mask.luma().resized(width: original.width, height: original.height)
                .blurred(sigma: Float(settings.maskBlur))
            guard let white = mask.whitePart else { throw .emptyMask() }
            let part = white.padded(
                by: padding, towards: (width, height), inside: (original.width, original.height))
            setDrawing(
                original.cropped(to: part).resized(width: width, height: height),
                mask: mask.cropped(to: part).resized(width: width, height: height))
            overlay = Overlay(original: original, mask: mask, part: part)
        }
    }

    private mutating func setDrawing(_ picture: consuming PixelBuffer, mask: consuming PixelBuffer) {
        if settings.maskFill == .fill {
            initialPicture = picture.filled(under: mask)
        } else {
            initialPicture = consume picture
        }
        self.mask = consume mask
    }
}

extension PixelBuffer {
    /// The smallest part that holds everything of a mask that is not black; nil when all of it is.
    fileprivate var whitePart: PixelRectangle? {
        withUnsafeBytes { bytes in
            var (left, right, top, bottom) = (width, -1, height, -1)
            for y in 0..<height {
                for x in 0..<width where bytes[y * width + x] > 0 {
                    (left, right) = (min(left, x), max(right, x))
                    (top, bottom) = (min(top, y), y)
                }
            }
            guard right >= 0 else { return nil }
            return PixelRectangle(x: left, y: top, width: right - left + 1, height: bottom - top + 1)
        }
    }

    /// The mask twice as white.
    fileprivate consuming func doubled() -> PixelBuffer {
        var result = self
        result.withUnsafeMutableBytes { bytes in
            for index in bytes.indices { bytes[index] = UInt8(min(255, Int(bytes[index]) * 2)) }
        }
        return result
    }
}

extension PixelRectangle {
    /// The part with pixels around it, and with more of them where its sides' ratio is not that of the size it will be
    /// drawn at, as far as there are any.
    func padded(
        by padding: Int, towards target: (width: Int, height: Int), inside bounds: (width: Int, height: Int)
    ) -> PixelRectangle {
        var (x, width) = Self.widened(self.x, self.width, by: padding, inside: bounds.width)
        var (y, height) = Self.widened(self.y, self.height, by: padding, inside: bounds.height)
        if width * target.height > height * target.width {
            (y, height) = Self.grown(y, height, to: width * target.height / target.width, inside: bounds.height)
        } else {
            (x, width) = Self.grown(x, width, to: height * target.width / target.height, inside: bounds.width)
        }
        return PixelRectangle(x: x, y: y, width: width, height: height)
    }

    private static func widened(_ start: Int, _ length: Int, by padding: Int, inside bound: Int) -> (Int, Int) {
        let (first, end) = (max(0, start - padding), min(bound, start + length + padding))
        return (first, end - first)
    }

    private static func grown(_ start: Int, _ length: Int, to wanted: Int, inside bound: Int) -> (Int, Int) {
        let wanted = min(max(length, wanted), bound)
        return (min(max(0, start - (wanted - length) / 2), bound - wanted), wanted)
    }
}
