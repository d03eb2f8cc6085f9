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
        private let shifts: ArraySlice<Tensor>
        private let contexts: ArraySlice<Tensor>

        fileprivate init(_ tensors: [Tensor], timeCount: Int) {
            shifts = tensors[..<timeCount]
            contexts = tensors[timeCount...]
        }

        subscript(index: TimeIndex) -> Tensor { shifts[index.value] }

        subscript(index: ContextIndex) -> Tensor { contexts[contexts.startIndex + index.value] }
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

    /// Applies all layers.
    ///
    /// - Parameters:
    ///   - activatedTime: SiLU of the timesteps' embedding, `[batch, timeDimension]`.
    ///   - prompts: Their embeddings, `[batch, tokens, contextWidth]`.
    func callAsFunction(activatedTime: Tensor, prompts: Tensor) -> Results {
        let inputs = time.map { (layer: $0, input: activatedTime) } + context.map { (layer: $0, input: prompts) }
        return Results(Linear.together(inputs), timeCount: time.count)
    }
}
