/// How much of the initial picture is drawn at the settings' width and height when there is a mask.
public enum InpaintArea: Sendable, Equatable {
    /// All of it; the finished picture has the settings' size.
    case wholePicture
    /// What is under the mask and so many pixels around it. The finished picture has the initial picture's size.
    case onlyMasked(padding: Int)
}
