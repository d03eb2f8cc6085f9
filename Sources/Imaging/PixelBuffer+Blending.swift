extension PixelBuffer {
    /// Draws another picture into this one where a mask is white; where it is black, every byte stays as it is.
    ///
    /// - Parameters:
    ///   - picture: What to draw, in as many channels as this picture.
    ///   - part: Where to draw it; of the picture's size, and inside this one.
    ///   - mask: One channel, of this picture's size.
    public mutating func draw(
        _ picture: borrowing PixelBuffer, in part: PixelRectangle, through mask: borrowing PixelBuffer
    ) {
        precondition(picture.channels == channels && mask.channels == 1, "channels do not fit")
        precondition(part.width == picture.width && part.height == picture.height, "the part has another size")
        precondition(mask.width == width && mask.height == height, "the mask has another size")
        precondition(
            part.x >= 0 && part.y >= 0 && part.x + part.width <= width && part.y + part.height <= height,
            "the part is not inside the picture")
        let (channels, width) = (channels, width)
        picture.withUnsafeBytes { source in
            mask.withUnsafeBytes { mask in
                withUnsafeMutableBytes { target in
                    for row in 0..<part.height {
                        for column in 0..<part.width {
                            let place = (part.y + row) * width + part.x + column
                            let opacity = Int(mask[place])
                            guard opacity > 0 else { continue }
                            for channel in 0..<channels {
                                let new = Int(source[(row * part.width + column) * channels + channel])
                                let old = Int(target[place * channels + channel])
                                target[place * channels + channel] = UInt8(
                                    (new * opacity + old * (255 - opacity) + 127) / 255)
                            }
                        }
                    }
                }
            }
        }
    }
}
