import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A function of tensors whose work depends on their shapes alone, run as a plan from the second time on.
///
/// The first call with certain shapes notes every operation and keeps the memory that they had; later ones copy their
/// inputs to where the first one's were and run the operations again, which spares what is done between operations: of a
/// small network's time that is much. Plans are kept for the shapes that were used last.
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

    /// How many shapes are remembered to take too much memory.
    private static let mostRefused = 32

    /// The most memory that the plans of one function keep.
    static let mostBytes = 20 << 20

    /// Makes a function without plans.
    public init(on device: Device) {
        self.device = device
        device.memory.attach(self)
    }

    /// Applies the function.
    ///
    /// All that the functions do with elements they do by operations of tensors, and they read none but those of their
    /// arguments and of weights.
    ///
    /// - Parameters:
    ///   - inputs: On the device of the plans.
    ///   - constants: Inputs that are often those of the call before.
    ///   - prepare: What is made of the constants, which is done again only when they have changed.
    ///   - function: Is given the inputs, and what has been prepared.
    public func callAsFunction(
        _ inputs: [Tensor], constants: [Tensor] = [], prepare: ([Tensor]) -> [Tensor] = { _ in [] },
        _ function: (_ inputs: [Tensor], _ prepared: [Tensor]) -> Tensor
    ) -> Tensor {
        let shapes = (inputs + constants).map(\.shape)
        let (found, isRefused) = state.withLock { state in
            let index = state.plans.firstIndex { $0.shapes == shapes }
            return (index.map { state.plans.remove(at: $0) }, state.refused.contains(shapes))
        }
        guard !isRefused else { return function(inputs, prepare(constants)) }
        let plan = found ?? Plan(inputs, constants, on: device, prepare, function)
        if found != nil { plan.run(inputs, constants) }
        let result = plan.output.copied(to: device)
        keep(plan)
        return result
    }

    private func keep(_ plan: Plan) {
        state.withLock { state in
            guard plan.bytes <= Self.mostBytes else {
                plan.overwrite()
                state.refused = state.refused.suffix(Self.mostRefused - 1) + [plan.shapes]
                return
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
    var unerasedBytes: Int {
        state.withLock { $0.plans.filter { !$0.isOverwritten }.reduce(0) { $0 + $1.bytes } }
    }
}

/// The operations of one call, with the memory that they read and write.
///
/// Safe to send: `isOverwritten` and the elements of the tensors are touched by two only, who exclude each other: the call
/// that runs the plan, which has taken it out of the list in `Planned`, and whoever finds it in the list, under its lock.
/// Everything else is constant.
private final class Plan: @unchecked Sendable {
    let shapes: [[Int]]
    let output: Tensor
    private(set) var isOverwritten = false
    private let device: Device
    private let inputs, constants, prepared: [Tensor]
    private let preparation, operations: Operations

    /// Calls the functions, and notes what they do.
    init(
        _ inputs: [Tensor], _ constants: [Tensor], on device: Device, _ prepare: ([Tensor]) -> [Tensor],
        _ function: ([Tensor], [Tensor]) -> Tensor
    ) {
        let recording = Device(recordingOn: device)
        self.device = recording
        shapes = (inputs + constants).map(\.shape)
        self.inputs = inputs.map { $0.copied(to: recording) }
        self.constants = constants.map { $0.copied(to: recording) }
        prepared = prepare(self.constants)
        preparation = recording.takeOperations()
        output = function(self.inputs, prepared)
        operations = recording.takeOperations()
    }

    var bytes: Int { device.memory.heldBytes }

    /// Runs the operations on other inputs of the same shapes.
    func run(_ values: [Tensor], _ constantValues: [Tensor]) {
        for (input, value) in zip(inputs, values) { input.set(to: value) }
        if isOverwritten || !zip(constants, constantValues).allSatisfy({ $0.hasSameBits(as: $1) }) {
            for (constant, value) in zip(constants, constantValues) { constant.set(to: value) }
            device.threads.run(preparation)
        }
        isOverwritten = false
        device.threads.run(operations)
    }

    func overwrite() {
        guard !isOverwritten else { return }
        device.memory.overwriteInPlace(on: device.threads)
        for tensor in inputs + constants + prepared + [output] {
            tensor.pointer.update(repeating: 0, count: tensor.count)
        }
        isOverwritten = true
    }
}

extension Tensor {
    fileprivate func copied(to device: Device) -> Tensor {
        let result = Tensor(uninitialized: shape, on: device)
        result.set(to: self)
        return result
    }

    fileprivate func set(to other: Tensor) { pointer.update(from: other.pointer, count: count) }

    fileprivate func hasSameBits(as other: Tensor) -> Bool {
        memcmp(pointer, other.pointer, count * MemoryLayout<Float>.stride) == 0
    }
}
