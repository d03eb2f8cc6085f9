extension PixelBuffer {
    /// The largest part around the picture's centre whose width is to its height as one number to another.
    public consuming func cropped(toProportions width: Int, _ height: Int) -> PixelBuffer {
        precondition(width > 0 && height > 0, "no picture has the proportions \(width):\(height)")
        let isTooWide = self.width * height > self.height * width
        let newWidth = isTooWide ? max(1, (self.height * width + height / 2) / height) : self.width
        let newHeight = isTooWide ? self.height : max(1, (self.width * height + width / 2) / width)
        if newWidth == self.width, newHeight == self.height { return self }
        return centre(width: newWidth, height: newHeight)
    }

    /// The part around the centre; `width` and `height` are no larger than the picture's.
    private func centre(width: Int, height: Int) -> PixelBuffer {
        var result = PixelBuffer(width: width, height: height, channels: channels)
        let first = (self.height - height) / 2 * bytesPerRow + (self.width - width) / 2 * channels
        let count = width * channels
        withBytes { source in
            result.withMutableBytes { target in
                for y in 0..<height {
                    for index in 0..<count { target[y * count + index] = source[first + y * bytesPerRow + index] }
                }
            }
        }
        return result
    }
}
