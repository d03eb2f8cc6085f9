/// The size of a picture whose noise is to be found in the middle of another one's.
///
/// Reference: stable-diffusion-webui, `modules/rng.py`, `seed_resize_from_w` and `seed_resize_from_h`.
public struct NoiseSize: Equatable, Sendable {
    /// Pixels in a row.
    public var width: Int
    /// Rows of pixels.
    public var height: Int

    /// A size in pixels.
    public init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }
}
