internal import Imaging

extension PixelBuffer {
    /// A mask in A1111's reading: where a picture is opaque when it has opacity that varies, and its brightness
    /// otherwise.
    ///
    /// As `create_binary_mask` of `modules/processing.py`, and Pillow's conversion to grey.
    consuming func a1111Mask(inverted: Bool) -> PixelBuffer {
        let (width, height, channels) = (width, height, channels)
        var mask = PixelBuffer(width: width, height: height, channels: 1)
        withBytes { source in
            let pixels = 0..<width * height
            let usesOpacity = channels == 4 && pixels.contains { source[$0 * 4 + 3] < 255 }
            mask.withMutableBytes { target in
                for pixel in pixels {
                    let first = pixel * channels
                    let value: UInt8
                    if usesOpacity {
                        value = source[first + 3] > 128 ? 255 : 0
                    } else if channels == 1 {
                        value = source[first]
                    } else {
                        let (red, green, blue) = (Int(source[first]), Int(source[first + 1]), Int(source[first + 2]))
                        value = UInt8((red * 19_595 + green * 38_470 + blue * 7_471 + 0x8000) >> 16)
                    }
                    target[pixel] = inverted ? 255 - value : value
                }
            }
        }
        return mask
    }
}
