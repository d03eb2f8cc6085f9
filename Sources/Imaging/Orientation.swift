/// Which way up a camera held the picture: the EXIF tag 0x0112 with its values.
enum Orientation: UInt16 {
    case up = 1
    case upMirrored, down, downMirrored, leftMirrored, right, rightMirrored, left

    /// Reads the orientation from an EXIF block, which is a TIFF file's beginning; `.up` when it says nothing sound.
    init(exif: Span<UInt8>) {
        self = Self.tag(in: exif).flatMap(Orientation.init(rawValue:)) ?? .up
    }

    private static func tag(in exif: Span<UInt8>) -> UInt16? {
        guard exif.count >= 8 else { return nil }
        let isLittleEndian = exif[0] == 0x49
        guard exif[0] == exif[1], isLittleEndian || exif[0] == 0x4D else { return nil }
        func short(_ offset: Int) -> UInt16? {
            guard offset >= 0, offset + 2 <= exif.count else { return nil }
            let first = UInt16(exif[offset])
            let second = UInt16(exif[offset + 1])
            return isLittleEndian ? second << 8 | first : first << 8 | second
        }
        func long(_ offset: Int) -> Int? {
            guard let first = short(offset), let second = short(offset + 2) else { return nil }
            return isLittleEndian ? Int(second) << 16 | Int(first) : Int(first) << 16 | Int(second)
        }
        /// The tag is a short (3), which is stored in the first two bytes of the entry's value; some write a long (4).
        func value(at offset: Int) -> UInt16? {
            switch short(offset + 2) {
            case 3: return short(offset + 8)
            case 4: return long(offset + 8).flatMap { UInt16(exactly: $0) }
            default: return nil
            }
        }
        guard short(2) == 42, let directory = long(4), let entries = short(directory) else { return nil }
        for entry in 0..<Int(entries) {
            let offset = directory + 2 + 12 * entry
            guard let tag = short(offset) else { return nil }
            if tag == 0x0112 { return value(at: offset) }
        }
        return nil
    }

    /// Whether width and height change places.
    var swapsSides: Bool { rawValue >= 5 }

    /// The picture turned so that its top is up.
    func apply(to picture: consuming PixelBuffer) -> PixelBuffer {
        guard self != .up else { return picture }
        let (width, height, channels) = (picture.width, picture.height, picture.channels)
        let size = swapsSides ? (width: height, height: width) : (width: width, height: height)
        var turned = PixelBuffer(width: size.width, height: size.height, channels: channels)
        picture.withBytes { source in
            turned.withMutableBytes { target in
                for y in 0..<size.height {
                    for x in 0..<size.width {
                        let (sourceX, sourceY) = self.source(x, y, width: width, height: height)
                        let from = (sourceY * width + sourceX) * channels
                        let to = (y * size.width + x) * channels
                        for channel in 0..<channels { target[to + channel] = source[from + channel] }
                    }
                }
            }
        }
        return turned
    }

    /// Where the turned picture's pixel comes from in the stored picture of this width and height.
    private func source(_ x: Int, _ y: Int, width: Int, height: Int) -> (x: Int, y: Int) {
        switch self {
        case .up: (x, y)
        case .upMirrored: (width - 1 - x, y)
        case .down: (width - 1 - x, height - 1 - y)
        case .downMirrored: (x, height - 1 - y)
        case .leftMirrored: (y, x)
        case .right: (y, height - 1 - x)
        case .rightMirrored: (width - 1 - y, height - 1 - x)
        case .left: (width - 1 - y, x)
        }
    }
}
