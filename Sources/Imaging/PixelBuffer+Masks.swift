/// What of an image says where another one is drawn anew.
public enum MaskReading: Sendable, Equatable {
    /// It is drawn anew where the image is bright; where it is transparent, whatever colour is under that, it stays.
    case brightness
    /// It is drawn anew where the image is transparent, as in the OpenAI API.
    case transparency
    /// It is drawn anew where the image is opaque if its opacity varies, and where it is bright otherwise; the other
    /// way round when inverted. As `create_binary_mask` of A1111's `modules/processing.py`.
    case opacityOrBrightness(inverted: Bool)
}

extension PixelBuffer {
    /// The mask that the picture is: one channel, white where another picture is drawn anew; nil where the reading
    /// needs opacity and the picture has none.
    public consuming func mask(reading: MaskReading) -> PixelBuffer? {
        switch reading {
        case .brightness:
            return channels == 4 ? visibleLuma() : luma()
        case .transparency:
            guard channels == 4 else { return nil }
            return opacity { 255 - $0 }
        case .opacityOrBrightness(let inverted):
            if channels == 4, hasTransparency {
                return opacity { inverted == ($0 > 128) ? 0 : 255 }
            }
            return inverted ? luma().inverted() : luma()
        }
    }

    /// The mask that the picture's own transparency is, white where it is transparent; nil where all of it is opaque.
    public borrowing func transparencyMask() -> PixelBuffer? {
        guard channels == 4, hasTransparency else { return nil }
        return opacity { 255 - $0 }
    }

    /// The shades of grey of four channels as they look in front of black.
    private borrowing func visibleLuma() -> PixelBuffer {
        var result = luma()
        withUnsafeBytes { source in
            result.withUnsafeMutableBytes { target in
                for pixel in target.indices {
                    target[pixel] = UInt8((Int(target[pixel]) * Int(source[pixel * 4 + 3]) + 127) / 255)
                }
            }
        }
        return result
    }

    /// Whether any pixel is not opaque; the picture must have four channels.
    private var hasTransparency: Bool {
        withUnsafeBytes { bytes in
            for pixel in 0..<bytes.count / 4 where bytes[pixel * 4 + 3] < 255 { return true }
            return false
        }
    }

    /// One channel made of the opacity of four.
    private borrowing func opacity(_ change: (UInt8) -> UInt8) -> PixelBuffer {
        var result = PixelBuffer(width: width, height: height, channels: 1)
        withUnsafeBytes { source in
            result.withUnsafeMutableBytes { target in
                for pixel in target.indices { target[pixel] = change(source[pixel * 4 + 3]) }
            }
        }
        return result
    }

    private consuming func inverted() -> PixelBuffer {
        var result = self
        result.withUnsafeMutableBytes { bytes in
            for index in bytes.indices { bytes[index] = 255 - bytes[index] }
        }
        return result
    }
}
