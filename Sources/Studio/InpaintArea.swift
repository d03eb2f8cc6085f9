/// How much of the initial picture is drawn when there is a mask.
public enum InpaintArea: Sendable, Equatable {
    /// All of it.
    case wholePicture
    /// What is under the mask and so many pixels around it, at the settings' width and height, to be put back into the
    /// picture.
    case onlyMasked(padding: Int)
}
