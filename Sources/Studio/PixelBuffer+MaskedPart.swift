import Imaging

extension PixelBuffer {
    /// The smallest part that holds everything of a mask that is not black; nil when all of it is.
    var whitePart: PixelRectangle? {
        withUnsafeBytes { bytes in
            var (left, right, top, bottom) = (width, -1, height, -1)
            for y in 0..<height {
                for x in 0..<width where bytes[y * width + x] > 0 {
                    (left, right) = (min(left, x), max(right, x))
                    (top, bottom) = (min(top, y), y)
                }
            }
            guard right >= 0 else { return nil }
            return PixelRectangle(x: left, y: top, width: right - left + 1, height: bottom - top + 1)
        }
    }

    /// The mask twice as white.
    consuming func doubled() -> PixelBuffer {
        var result = self
        result.withUnsafeMutableBytes { bytes in
            for index in bytes.indices { bytes[index] = UInt8(min(255, Int(bytes[index]) * 2)) }
        }
        return result
    }
}

extension PixelRectangle {
    /// The part with pixels around it, and with more of them where its sides' ratio is not that of the size it will be
    /// drawn at, as far as there are any.
    func padded(
        by padding: Int, towards target: (width: Int, height: Int), inside bounds: (width: Int, height: Int)
    ) -> PixelRectangle {
        var (x, width) = Self.widened(self.x, self.width, by: padding, inside: bounds.width)
        var (y, height) = Self.widened(self.y, self.height, by: padding, inside: bounds.height)
        // The studio has checked the target; the bounds are those of a picture that was read.
        if width * target.height > height * target.width {
            (y, height) = Self.grown(y, height, to: width * target.height / target.width, inside: bounds.height)
        } else {
            (x, width) = Self.grown(x, width, to: height * target.width / target.height, inside: bounds.width)
        }
        return PixelRectangle(x: x, y: y, width: width, height: height)
    }

    private static func widened(_ start: Int, _ length: Int, by padding: Int, inside bound: Int) -> (Int, Int) {
        let (first, end) = (max(0, start - padding), min(bound, start + length + padding))
        return (first, end - first)
    }

    private static func grown(_ start: Int, _ length: Int, to wanted: Int, inside bound: Int) -> (Int, Int) {
        let wanted = min(max(length, wanted), bound)
        return (min(max(0, start - (wanted - length) / 2), bound - wanted), wanted)
    }
}
