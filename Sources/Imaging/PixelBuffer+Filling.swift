extension PixelBuffer {
    /// The picture with what is under a mask replaced by its blurred surroundings.
    ///
    /// Layers of the unmasked part, blurred less and less, are laid over each other, as AUTOMATIC1111's
    /// `modules/masking.py` does.
    ///
    /// - Parameter mask: One channel of the picture's size; white is filled.
    public consuming func filled(under mask: borrowing PixelBuffer) -> PixelBuffer {
        precondition(channels == 3, "only pictures of three channels are filled")
        precondition(mask.channels == 1 && mask.width == width && mask.height == height, "the mask has another size")
        let kept = withOpacity(outside: mask)
        var result = PixelBuffer(width: width, height: height, channels: 4)
        for (sigma, repeats) in [(256, 1), (64, 1), (16, 2), (4, 4), (2, 2), (0, 1)] as [(Float, Int)] {
            let layer = kept.copied().blurred(sigma: sigma)
            for _ in 0..<repeats { result.lay(layer) }
        }
        return result.withoutOpacity()
    }

    /// Four channels, the colours multiplied by the opacity, which is what the mask leaves.
    private borrowing func withOpacity(outside mask: borrowing PixelBuffer) -> PixelBuffer {
        var result = PixelBuffer(width: width, height: height, channels: 4)
        withUnsafeBytes { source in
            mask.withUnsafeBytes { mask in
                result.withUnsafeMutableBytes { target in
                    for pixel in mask.indices {
                        let opacity = 255 - Int(mask[pixel])
                        for channel in 0..<3 {
                            target[pixel * 4 + channel] = UInt8(
                                (Int(source[pixel * 3 + channel]) * opacity + 127) / 255)
                        }
                        target[pixel * 4 + 3] = UInt8(opacity)
                    }
                }
            }
        }
        return result
    }

    /// Lays a picture over this one, both with colours multiplied by their opacity.
    private mutating func lay(_ layer: borrowing PixelBuffer) {
        layer.withUnsafeBytes { source in
            withUnsafeMutableBytes { target in
                for index in target.indices {
                    let transparency = 255 - Int(source[index / 4 * 4 + 3])
                    target[index] = UInt8(
                        min(255, Int(source[index]) + (Int(target[index]) * transparency + 127) / 255))
                }
            }
        }
    }

    /// Three channels, the colours no longer multiplied by the opacity.
    private consuming func withoutOpacity() -> PixelBuffer {
        var result = PixelBuffer(width: width, height: height, channels: 3)
        withUnsafeBytes { source in
            result.withUnsafeMutableBytes { target in
                for pixel in 0..<target.count / 3 {
                    let opacity = max(1, Int(source[pixel * 4 + 3]))
                    for channel in 0..<3 {
                        target[pixel * 3 + channel] = UInt8(min(255, Int(source[pixel * 4 + channel]) * 255 / opacity))
                    }
                }
            }
        }
        return result
    }
}
