/// What a word or phrase of another language is to a model; a word may be more than one of these.
struct GlossaryEntry: Sendable, Equatable {
    /// A thing, in the model's own words.
    var noun: String?

    /// A colour, in the model's own words.
    var colour: String?

    /// An article, a preposition or the like; empty for one that is left out.
    var small: String?

    /// A word for a picture's ground, in the model's own words.
    var ground: String?

    /// Whether it stands beside a ground, as in "auf blauem Grund".
    var standsAtGround = false
}
