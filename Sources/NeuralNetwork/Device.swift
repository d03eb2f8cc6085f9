import CKernels

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
}
