/// What the page may ask the browser for: to copy a picture and to share one, and nothing else.
enum PermissionsPolicy {
    /// The page's own use of these is allowed.
    private static let needed = ["clipboard-write", "web-share"]

    /// All others that browsers know, nobody's use of which is.
    private static let refused = [
        "accelerometer", "attribution-reporting", "autoplay", "bluetooth", "browsing-topics", "camera",
        "clipboard-read", "compute-pressure", "display-capture", "encrypted-media", "fullscreen", "gamepad",
        "geolocation", "gyroscope", "hid", "identity-credentials-get", "idle-detection", "join-ad-interest-group",
        "keyboard-map", "local-fonts", "magnetometer", "microphone", "midi", "otp-credentials", "payment",
        "picture-in-picture", "publickey-credentials-create", "publickey-credentials-get", "run-ad-auction",
        "screen-wake-lock", "serial", "shared-storage", "storage-access", "sync-xhr", "usb", "window-management",
        "xr-spatial-tracking",
    ]

    /// The field's value.
    static var field: String {
        (needed.map { "\($0)=(self)" } + refused.map { "\($0)=()" }).joined(separator: ", ")
    }
}
