import Synchronization

/// A function of tensors whose work depends on their shapes alone, run as a plan from the second time on.
///
/// The first call with certain shapes notes every operation and keeps the memory that they had; later ones copy their
/// inputs to where the first one's were and run the operations again, which spares all that is done between operations: a
/// small network spends as long on that as on its work. Plans are kept for the shapes that were used last.
///
/// What a plan's memory holds goes when its device's memory is overwritten.
public final class Planned: Sendable {
    private let device: Device
    private let state = Mutex(State())

    private struct State {
        /// The one that was used last comes last. A plan that runs is not among them.
        var plans: [Plan] = []
        /// Shapes whose plans would take too much memory.
        var refused: [[[Int]]] = []
    }

    /// The most memory that the plans of one function keep.
    static let mostBytes = 20 << 20

    /// Makes a function without plans.
    public init(on device: Device) {
        self.device = device
        device.memory.attach(self)
    }

    /// Applies the function.
    ///
    /// - Parameters:
    ///   - inputs: On the device of the plans.
    ///   - function: The same in every call. All it does with elements it does by operations of tensors, and it reads none
    ///     but those of its arguments and of weights.
    public func callAsFunction(_ inputs: [Tensor], _ function: ([Tensor]) -> Tensor) -> Tensor {
        let shapes = inputs.map(\.shape)
        let (found, isRefused) = state.withLock { state in
            let index = state.plans.firstIndex { $0.shapes == shapes }
            return (index.map { state.plans.remove(at: $0) }, state.refused.contains(shapes))
        }
        guard !isRefused else { return function(inputs) }
        let plan = found ?? Plan(inputs, on: device, function)
        if found != nil { plan.run(inputs) }
        let result = plan.output.copied(to: device)
        keep(plan)
        return result
    }

    private func keep(_ plan: Plan) {
        state.withLock { state in
            guard plan.bytes <= Self.mostBytes else {
                plan.overwrite()
                return state.refused.append(plan.shapes)
            }
            state.plans.append(plan)
            while state.plans.reduce(0, { $0 + $1.bytes }) > Self.mostBytes { state.plans.removeFirst() }
        }
    }

    /// Puts zeros into what the plans hold.
    func overwrite() {
        state.withLock { state in
            for plan in state.plans { plan.overwrite() }
        }
    }

    /// Forgets all plans, and gives their memory back.
    func forget() { state.withLock { $0.plans = [] } }

    /// Bytes of plans that have run since they were overwritten.
    var unerasedBytes: Int { state.withLock { $0.plans.reduce(0) { $0 + ($1.isOverwritten ? 0 : $1.bytes) } } }
}

/// The operations of one call, with the memory that they read and write.
///
/// Safe to send: whoever runs it has taken it out of the list that others see.
private final class Plan: @unchecked Sendable {
    let shapes: [[Int]]
    let output: Tensor
    private(set) var isOverwritten = false
    private let device: Device
    private let inputs: [Tensor]
    private let operations: Operations

    /// Calls the function, and notes what it does.
    init(_ inputs: [Tensor], on device: Device, _ function: ([Tensor]) -> Tensor) {
        let recording = Device(recordingOn: device)
        self.device = recording
        shapes = inputs.map(\.shape)
        self.inputs = inputs.map { $0.copied(to: recording) }
        output = function(self.inputs)
        operations = recording.takeOperations()
    }

    var bytes: Int { device.memory.heldBytes }

    /// Runs the operations on other inputs of the same shapes.
    func run(_ values: [Tensor]) {
        isOverwritten = false
        for (input, value) in zip(inputs, values) { input.pointer.update(from: value.pointer, count: value.count) }
        device.threads.run(operations)
    }

    func overwrite() {
        guard !isOverwritten else { return }
        device.memory.overwriteInPlace()
        for tensor in inputs + [output] { tensor.pointer.update(repeating: 0, count: tensor.count) }
        isOverwritten = true
    }
}

extension Tensor {
    fileprivate func copied(to device: Device) -> Tensor {
        let result = Tensor(uninitialized: shape, on: device)
        result.pointer.update(from: pointer, count: count)
        return result
    }
}
