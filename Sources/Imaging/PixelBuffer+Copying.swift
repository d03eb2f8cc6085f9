extension PixelBuffer {
    /// Another picture of the same pixels, in memory of its own.
    public borrowing func copied() -> PixelBuffer {
        var copy = PixelBuffer(width: width, height: height, channels: channels)
        withUnsafeBytes { source in
            copy.withUnsafeMutableBytes { target in
                _ = target.update(fromContentsOf: source)
            }
        }
        return copy
    }
}
