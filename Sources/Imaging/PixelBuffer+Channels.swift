extension PixelBuffer {
    /// The picture in three channels, as it looks in front of white.
    public func compositedOnWhite() -> PixelBuffer {
        if channels == 3 { return copied() }
        var result = PixelBuffer(width: width, height: height, channels: 3)
        withBytes { source in
            result.withMutableBytes { target in
                for pixel in 0..<width * height {
                    let opacity = channels == 4 ? Int(source[pixel * 4 + 3]) : 255
                    for channel in 0..<3 {
                        let value = Int(source[pixel * channels + (channels == 1 ? 0 : channel)])
                        target[pixel * 3 + channel] = UInt8((value * opacity + 255 * (255 - opacity) + 127) / 255)
                    }
                }
            }
        }
        return result
    }
}
