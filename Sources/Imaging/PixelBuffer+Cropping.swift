extension PixelBuffer {
    /// A part of the picture, which must lie inside it.
    public borrowing func cropped(to part: PixelRectangle) -> PixelBuffer {
        precondition(
            part.x >= 0 && part.y >= 0 && part.x + part.width <= width && part.y + part.height <= height,
            "the part is not inside the picture")
        var result = PixelBuffer(width: part.width, height: part.height, channels: channels)
        withUnsafeBytes { source in
            result.withUnsafeMutableBytes { target in
                let rowBytes = part.width * channels
                for row in 0..<part.height {
                    let from = ((part.y + row) * width + part.x) * channels
                    for byte in 0..<rowBytes { target[row * rowBytes + byte] = source[from + byte] }
                }
            }
        }
        return result
    }
}
