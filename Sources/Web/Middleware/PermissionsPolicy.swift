/// What the page may ask the browser for: to copy a picture, and nothing else of what can be forbidden.
///
/// Sharing a picture is allowed to a page without being named, and not every browser that shares knows its name.
enum PermissionsPolicy {
    /// The page's own use of these is allowed.
    private static let needed = ["clipboard-write"]

    /// All others that browsers know, nobody's use of which is. Names that a browser does not know are complaints in its
    /// console, so features that were given up are not among them.
    private static let refused = [
        "accelerometer", "autoplay", "browsing-topics", "camera", "clipboard-read", "compute-pressure",
        "display-capture", "encrypted-media", "fullscreen", "gamepad", "geolocation", "gyroscope", "hid",
        "identity-credentials-get", "idle-detection", "keyboard-map", "local-fonts", "magnetometer", "microphone",
        "midi", "otp-credentials", "payment", "picture-in-picture", "publickey-credentials-create",
        "publickey-credentials-get", "screen-wake-lock", "serial", "storage-access", "sync-xhr", "usb",
        "window-management", "xr-spatial-tracking",
    ]

    /// The field's value.
    static var field: String {
        (needed.map { "\($0)=(self)" } + refused.map { "\($0)=()" }).joined(separator: ", ")
    }
}
