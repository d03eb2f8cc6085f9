import CKernels
import Synchronization

/// The processor that tensors live on: its threads, its recycled memory and the kernels that suit it.
///
/// A tensor knows its device, and a result is made on the device of its first operand, as in PyTorch.
public final class Device: Sendable {
    /// The threads that share the work of one operation.
    public let threads: ThreadPool

    /// The memory that tensors are made in.
    public let memory: MemoryPool

    /// The kernels compiled for the widest vectors that this processor has.
    package let kernels: Kernels

    /// The floats of the largest panel of weights that kernels widen from half precision.
    private let panelFloats = Atomic(0)

    /// Makes a device.
    ///
    /// - Parameters:
    ///   - threads: How many threads compute, the calling one included; all processors when nil.
    ///   - instructionSet: The instructions to use; the widest that this processor has when nil.
    public init(threads: Int? = nil, instructionSet: InstructionSet? = nil) {
        self.threads = ThreadPool(count: threads ?? ThreadPool.processorCount)
        memory = MemoryPool()
        kernels = Kernels(instructionSet ?? .widest)
    }

    /// The instruction set of the device's kernels.
    public var instructionSet: InstructionSet { kernels.instructionSet }

    /// Notes that weights have panels of so many floats.
    func reservePanel(floats: Int) { panelFloats.max(floats, ordering: .relaxed) }

    /// How many floats a thread needs to widen a panel of weights into.
    package var panelScratchCount: Int { panelFloats.load(ordering: .relaxed) }

    /// Where a thread widens a panel of weights: of one size for all layers, so that the pool keeps one a thread.
    func panelScratch() -> Tensor { Tensor(uninitialized: [panelScratchCount], on: self) }
}
