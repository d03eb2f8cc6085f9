extension PixelBuffer {
    /// The picture in shades of grey, without its opacity: ITU-R BT.601's luma, rounded as Pillow's `convert("L")`.
    public borrowing func luma() -> PixelBuffer {
        var result = PixelBuffer(width: width, height: height, channels: 1)
        withUnsafeBytes { source in
            result.withUnsafeMutableBytes { target in
                for pixel in target.indices {
                    let first = pixel * channels
                    guard channels >= 3 else {
                        target[pixel] = source[first]
                        continue
                    }
                    let (red, green, blue) = (Int(source[first]), Int(source[first + 1]), Int(source[first + 2]))
                    target[pixel] = UInt8((red * 19_595 + green * 38_470 + blue * 7_471 + 0x8000) >> 16)
                }
            }
        }
        return result
    }
}
