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

    /// How much has been computed, to be measured by.
    public let work: WorkCounter

    /// Where operations are noted to be run again; nil on all devices but those of plans.
    private let recorder: Recorder?

    /// The floats of the largest panel of weights that kernels widen from half precision.
    private let panelFloats = Atomic(0)

    /// Makes a device.
    ///
    /// - Parameters:
    ///   - threads: How many threads compute, the calling one included; one for each processor that the process may use
    ///     when nil.
    ///   - instructionSet: The instructions to use; the widest that this processor has when nil.
    public init(threads: Int? = nil, instructionSet: InstructionSet? = nil) {
        self.threads = ThreadPool(count: threads ?? ThreadPool.processorCount)
        memory = MemoryPool()
        kernels = Kernels(instructionSet ?? .widest)
        work = WorkCounter()
        recorder = nil
    }

    /// Makes a device that records what runs on it, with the threads and kernels of another and memory of its own.
    init(recordingOn device: Device) {
        threads = device.threads
        memory = MemoryPool(within: device.memory)
        kernels = device.kernels
        work = device.work
        recorder = Recorder()
    }

    /// Takes the operations that have been recorded.
    func takeOperations() -> Operations { Operations(recorder?.take() ?? [], threads: threads.count) }

    /// Runs `body` once for every part in `0..<parts`, on all threads, and returns when all are done.
    ///
    /// Several parts run at once, so a part may write only to what is its own. It may take no memory from this device: a
    /// plan runs it again when the memory of the first time has become somebody else's.
    func forEach(_ parts: Int, _ body: @escaping (_ part: Int, _ thread: Int) -> Void) {
        recorder?.add(parts, body)
        threads.forEach(parts, body)
    }

    /// Splits `0..<total` into about equal ranges, at least `grain` long, and runs `body` for each on all threads.
    func forEachRange(_ total: Int, grain: Int = 1, _ body: @escaping (_ range: Range<Int>) -> Void) {
        // A plan's threads are awake and meet after every operation anyway.
        let (shortest, most) = recorder == nil ? (grain, 4 * threads.count) : ((grain + 7) / 8, threads.count)
        let parts = max(1, min(most, total / max(1, shortest)))
        forEach(parts) { part, _ in body(total * part / parts..<total * (part + 1) / parts) }
    }

    /// How many parts to make of work that can be divided as one likes: many, so that no thread waits for another for long;
    /// in a plan, one a thread.
    func parts(atMost count: Int) -> Int { min(count, (recorder == nil ? 4 : 1) * threads.count) }

    /// Notes operations.
    ///
    /// Safe to send: a recording device is the plan's own, and only the call that makes the plan runs operations on it.
    /// That call adds to the list and takes it away, on one thread; parts, which run on others, begin no operations.
    private final class Recorder: @unchecked Sendable {
        private var operations: [(parts: Int, body: Operations.Body)] = []

        func add(_ parts: Int, _ body: @escaping Operations.Body) {
            let most = Operations.mostParts
            guard parts > most else { return operations.append((parts, body)) }
            let groups: Operations.Body = { group, thread in
                for part in parts * group / most..<parts * (group + 1) / most { body(part, thread) }
            }
            operations.append((most, groups))
        }

        func take() -> [(parts: Int, body: Operations.Body)] {
            defer { operations = [] }
            return operations
        }
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
