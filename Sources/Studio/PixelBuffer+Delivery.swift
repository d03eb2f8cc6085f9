import Imaging

extension PixelBuffer {
    /// The picture at another size: scaled in its proportions until it covers that, and what is too much cut off on both
    /// sides.
    consuming func covering(_ size: ImageSize) -> PixelBuffer {
        // With its opacity, if it has any.
        guard ImageSize(self) != size else { return self }
        let window = PixelWindow(width: width, height: height).cropped(toProportions: size.width, size.height)
        return resampled(window, width: size.width, height: size.height)
    }

    /// The middle of the picture, or all of it where it is no larger.
    consuming func cropped(toMiddleOf size: ImageSize) -> PixelBuffer {
        let (width, height) = (min(size.width, self.width), min(size.height, self.height))
        guard (width, height) != (self.width, self.height) else { return self }
        return cropped(
            to: PixelRectangle(x: (self.width - width) / 2, y: (self.height - height) / 2, width: width, height: height)
        )
    }

    /// Draws a picture of the same size where this one shows white because it is transparent.
    ///
    /// Composited on white, a colour c of opacity a is ca + w(1 - a); on the picture's colour n it is ca + n(1 - a).
    ///
    /// - Parameter transparency: How transparent each pixel is, in one channel.
    mutating func draw(_ picture: borrowing PixelBuffer, behindWhite transparency: borrowing PixelBuffer) {
        precondition(
            channels == 3 && picture.channels == 3 && transparency.channels == 1
                && picture.width == width && picture.height == height
                && transparency.width == width && transparency.height == height, "the pictures do not fit")
        picture.withUnsafeBytes { source in
            transparency.withUnsafeBytes { mask in
                withUnsafeMutableBytes { target in
                    for index in target.indices where mask[index / 3] > 0 {
                        let missing = (255 - Int(source[index])) * Int(mask[index / 3])
                        target[index] = UInt8(max(0, Int(target[index]) - (missing + 127) / 255))
                    }
                }
            }
        }
    }

    /// The mask with every block of so many pixels a side white in which anything is not black.
    ///
    /// A block is a pixel of the latents: what a mask marks is in them only if the whole block is drawn.
    consuming func marked(inBlocksOf side: Int) -> PixelBuffer {
        let side = max(1, side)
        let (width, height) = (self.width, self.height)
        var result = self
        result.withUnsafeMutableBytes { bytes in
            for top in stride(from: 0, to: height, by: side) {
                for left in stride(from: 0, to: width, by: side) {
                    let (bottom, right) = (min(top + side, height), min(left + side, width))
                    let isMarked = (top..<bottom).contains { y in
                        (left..<right).contains { bytes[y * width + $0] > 0 }
                    }
                    for y in top..<bottom {
                        for x in left..<right { bytes[y * width + x] = isMarked ? 255 : 0 }
                    }
                }
            }
        }
        return result
    }
}
