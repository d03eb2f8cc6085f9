/// What a picture that was sent is to become, where it is enlarged and nothing is drawn.
public struct Enlargement: Sendable, Equatable {
    /// How large it becomes.
    public enum Target: Sendable, Equatable {
        /// So many times its own size, each side rounded.
        case scale(Double)
        /// As small as covers this size; cut to exactly it where `crops`.
        case covering(ImageSize, crops: Bool)
    }

    /// A second upscaler, whose result is laid over the first's.
    public struct Second: Sendable, Equatable {
        /// Its name, one of ``UpscalerShelf/names``.
        public var upscaler: String

        /// How much of it is seen, from 0 to 1.
        public var visibility: Double

        /// Joins a name with how much of its result is seen.
        public init(upscaler: String, visibility: Double) {
            self.upscaler = upscaler
            self.visibility = visibility
        }
    }

    /// The name of what enlarges it, one of ``UpscalerShelf/names``.
    public var upscaler: String

    /// How large it becomes.
    public var target: Target

    /// What is laid over it; nil for nothing.
    public var second: Second?

    /// By how much a picture may be enlarged; below 1 it is reduced.
    public static let scales = 0.05...8.0

    /// Describes an enlargement.
    public init(upscaler: String, target: Target, second: Second? = nil) {
        self.upscaler = upscaler
        self.target = target
        self.second = second
    }

    /// What it is enlarged to before anything is cut off, of a picture of a size.
    func uncroppedSize(of picture: ImageSize) -> ImageSize {
        switch target {
        case .scale(let scale):
            return ImageSize(
                width: Self.side(picture.width, times: scale), height: Self.side(picture.height, times: scale))
        case .covering(let size, _):
            let (across, down) = (ratio(size.width, picture.width), ratio(size.height, picture.height))
            let scale = max(across, down)
            // The side that decides comes out exactly.
            return ImageSize(
                width: across >= down ? size.width : Self.side(picture.width, times: scale),
                height: across >= down ? Self.side(picture.height, times: scale) : size.height)
        }
    }

    /// What is delivered of a picture of a size.
    func deliveredSize(of picture: ImageSize) -> ImageSize {
        if case .covering(let size, crops: true) = target { return size }
        return uncroppedSize(of: picture)
    }

    private func ratio(_ side: Int, _ pictureSide: Int) -> Double { Double(side) / Double(max(1, pictureSide)) }

    /// A side that is enlarged. Whether there may be so many pixels is for limits to say.
    private static func side(_ pixels: Int, times scale: Double) -> Int {
        let side = (Double(pixels) * scale).rounded()
        return side.isFinite ? Int(min(max(side, 1), Double(Int32.max))) : Int(Int32.max)
    }
}
