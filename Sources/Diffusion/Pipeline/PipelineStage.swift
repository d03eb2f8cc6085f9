/// What a pipeline works on; work of one stage finds the memory ready that its last has left.
enum PipelineStage: Equatable {
    case readingPrompts
    /// A picture of this shape to latents.
    case encoding([Int])
    case denoising
    case previewing
    /// Latents of this shape to pictures.
    case decoding([Int])
    case checking
}
