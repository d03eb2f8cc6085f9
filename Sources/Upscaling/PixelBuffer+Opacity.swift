import Imaging

extension PixelBuffer {
    /// Whether all that is seen of the picture is grey.
    borrowing func seesGreyOnly() -> Bool {
        guard channels > 1 else { return true }
        return withUnsafeBytes { bytes in
            for first in stride(from: 0, to: bytes.count, by: channels)
            where bytes[first] != bytes[first + 1] || bytes[first] != bytes[first + 2] {
                if channels == 3 || bytes[first + 3] > 0 { return false }
            }
            return true
        }
    }

    /// The opacity of a picture of four channels, as a picture of one.
    borrowing func opacityChannel() -> PixelBuffer {
        var result = PixelBuffer(width: width, height: height, channels: 1)
        withUnsafeBytes { source in
            result.withUnsafeMutableBytes { target in
                for pixel in target.indices { target[pixel] = source[pixel * 4 + 3] }
            }
        }
        return result
    }

    /// A picture of three channels with an opacity of the same size.
    borrowing func withOpacity(_ opacity: borrowing PixelBuffer) -> PixelBuffer {
        var result = PixelBuffer(width: width, height: height, channels: 4)
        withUnsafeBytes { colours in
            opacity.withUnsafeBytes { opacity in
                result.withUnsafeMutableBytes { target in
                    for pixel in opacity.indices {
                        for channel in 0..<3 { target[pixel * 4 + channel] = colours[pixel * 3 + channel] }
                        target[pixel * 4 + 3] = opacity[pixel]
                    }
                }
            }
        }
        return result
    }

    /// A grey picture in three channels.
    borrowing func inThreeChannels() -> PixelBuffer {
        var result = PixelBuffer(width: width, height: height, channels: 3)
        withUnsafeBytes { source in
            result.withUnsafeMutableBytes { target in
                for pixel in source.indices {
                    for channel in 0..<3 { target[pixel * 3 + channel] = source[pixel] }
                }
            }
        }
        return result
    }

    /// The picture at another size, of each pixel the nearest one of this picture.
    borrowing func repeated(width: Int, height: Int) -> PixelBuffer {
        var result = PixelBuffer(width: width, height: height, channels: channels)
        let columns = (0..<width).map { (2 * $0 + 1) * self.width / (2 * width) * channels }
        withUnsafeBytes { source in
            result.withUnsafeMutableBytes { target in
                for y in 0..<height {
                    let row = (2 * y + 1) * self.height / (2 * height) * bytesPerRow
                    var to = y * width * channels
                    for column in columns {
                        for channel in 0..<channels { target[to + channel] = source[row + column + channel] }
                        to += channels
                    }
                }
            }
        }
        return result
    }
}
