/// How a picture of one shape is brought to another.
public enum ResizeMode: Int, CaseIterable, Sendable {
    /// Each side for itself.
    case stretch
    /// As large as the frame or larger, what is beyond it cut off on both sides.
    case crop
    /// As large as the frame or smaller, the picture's edges drawn out to the frame's.
    case fill
}

extension PixelBuffer {
    /// The picture at another size, whichever shape that is.
    ///
    /// As `modules/images.py` of A1111 does it, with Lanczos's filter. A picture with opacity is composited on white.
    public consuming func resized(width: Int, height: Int, mode: ResizeMode) -> PixelBuffer {
        let (ownWidth, ownHeight) = (self.width, self.height)
        // The frame is wider than the picture in its proportions.
        let isWider = width * ownHeight > ownWidth * height
        if mode == .stretch { return resized(width: width, height: height) }
        if channels == 4 { return compositedOnWhite().resized(width: width, height: height, mode: mode) }
        let followsWidth = isWider == (mode == .crop)
        let scaledWidth = max(1, followsWidth ? width : proportional(ownWidth, height, ownHeight))
        let scaledHeight = max(1, followsWidth ? proportional(ownHeight, width, ownWidth) : height)
        guard mode == .crop else {
            return resized(width: scaledWidth, height: scaledHeight).centred(width: width, height: height)
        }
        // Of a long and narrow picture, what is cut off would be many times what is kept.
        let (left, top) = (scaledWidth / 2 - width / 2, scaledHeight / 2 - height / 2)
        return resized(
            width: scaledWidth, height: scaledHeight, columns: left..<left + width, rows: top..<top + height)
    }

    /// The picture in the middle of a frame: what is beyond it is cut off, what is missing drawn out from the edges.
    private func centred(width: Int, height: Int) -> PixelBuffer {
        if self.width == width, self.height == height { return copied() }
        var result = PixelBuffer(width: width, height: height, channels: channels)
        let (left, top) = (width / 2 - self.width / 2, height / 2 - self.height / 2)
        withBytes { source in
            result.withMutableBytes { target in
                for y in 0..<height {
                    let row = min(max(y - top, 0), self.height - 1) * bytesPerRow
                    for x in 0..<width {
                        let pixel = row + min(max(x - left, 0), self.width - 1) * channels
                        for channel in 0..<channels {
                            target[(y * width + x) * channels + channel] = source[pixel + channel]
                        }
                    }
                }
            }
        }
        return result
    }
}
