internal import Studio

/// A request for pictures as it came over HTTP: what the studio needs, and how the answer is to look.
struct PictureOrder: ~Copyable, Sendable {
    var request: GenerationRequest
    var presentation = Presentation()

    /// Gives the studio its part.
    consuming func takeRequest() -> GenerationRequest { request }
}

/// A seed for who did not choose one, short enough to be told, typed and kept exactly by JavaScript.
func randomSeed() -> UInt64 {
    UInt64(UInt32.random(in: 0...UInt32.max))
}
