/// What the web UI calls the upscalers that are here.
enum A1111Upscaler {
    /// The name in its lists.
    static func name(_ upscaler: String) -> String {
        switch upscaler {
        case "lanczos": "Lanczos"
        case "nearest": "Nearest"
        default: upscaler
        }
    }

    /// Our name for one that the web UI calls otherwise; nil where there is none.
    static func alias(_ name: String) -> String? {
        switch name.lowercased() {
        case "r-esrgan animevideo", "realesr-animevideov3-x4": "realesr-animevideov3"
        default: nil
        }
    }
}
