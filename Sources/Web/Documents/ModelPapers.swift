/// What a model's folder says of the model to people: what it is, what it was made of, and under which licences.
public struct ModelPapers: Sendable {
    /// A part of the model's description that has a heading.
    public struct Section: Sendable, Equatable {
        /// The heading.
        public let heading: String

        /// The text, as plain text.
        public let text: String

        /// Makes a section.
        public init(heading: String, text: String) {
            self.heading = heading
            self.text = text
        }
    }

    /// What the model is, in a sentence; empty when the folder does not say.
    public var summary = ""

    /// The model's family; empty when it is not known.
    public var architecture = ""

    /// The bytes of all weights.
    public var weightBytes = 0

    /// The licence that the model's card names; nil when it names none.
    public var license: String?

    /// What the model's card says of its data and licences.
    public var sections: [Section] = []

    /// Whom the model owes its data to, or its licence's text; nil when the folder holds neither.
    public var attribution: String?

    /// Whether a checker of its own looks at the model's pictures.
    public var hasPictureChecker = false

    /// Says nothing yet.
    public init() {}
}
