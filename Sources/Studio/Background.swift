/// What a picture has behind what it shows.
public enum Background: String, CaseIterable, Sendable {
    /// What suits the model: its own, for all that there are.
    case automatic = "auto"
    /// As the model draws it.
    case opaque
    /// Nothing: the plain ground that the model draws on is taken away.
    case transparent
}
