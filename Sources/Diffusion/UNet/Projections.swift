import NeuralNetwork

/// The layers that see nothing but the timestep or the prompt, which all blocks of a network share out at its start.
///
/// Each is too small to be worth waking threads for; together they are not.
struct Projections: Sendable {
    /// A layer's place among those that see the timestep.
    struct TimeIndex: Sendable { fileprivate let value: Int }

    /// A layer's place among those that see the prompt.
    struct ContextIndex: Sendable { fileprivate let value: Int }

    /// What the layers make of one pass's timesteps and prompts.
    struct Results {
        private let shifts: [Tensor]
        private let contexts: [Tensor]

        init(shifts: [Tensor], contexts: [Tensor]) {
            self.shifts = shifts
            self.contexts = contexts
        }

        subscript(index: TimeIndex) -> Tensor { shifts[index.value] }

        subscript(index: ContextIndex) -> Tensor { contexts[index.value] }
    }

    private var time: [Linear] = []
    private var context: [Linear] = []

    mutating func add(seeingTime layer: Linear) -> TimeIndex {
        time.append(layer)
        return TimeIndex(value: time.count - 1)
    }

    mutating func add(seeingContext layer: Linear) -> ContextIndex {
        context.append(layer)
        return ContextIndex(value: context.count - 1)
    }

    /// Applies the layers that see the timestep to SiLU of the timesteps' embedding, `[batch, timeDimension]`.
    func shifts(_ activatedTime: Tensor) -> [Tensor] {
        Linear.together(time.map { (layer: $0, input: activatedTime) })
    }

    /// Applies the layers that see the prompt to the prompts' embeddings, `[batch, tokens, contextWidth]`.
    func contexts(_ prompts: Tensor) -> [Tensor] {
        Linear.together(context.map { (layer: $0, input: prompts) })
    }
}
