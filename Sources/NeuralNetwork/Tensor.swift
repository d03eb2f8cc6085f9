/// A dense array of Float32 in row-major order.
///
/// Images and feature maps are `[batch, height, width, channels]`, sequences `[batch, position, channels]`.
/// Copies share memory until one of them is written to.
public struct Tensor: Sendable {
    /// The length of each dimension, outermost first.
    public let shape: [Int]

    /// The number of elements.
    public let count: Int

    private var storage: TensorStorage

    /// Makes a tensor whose elements are not yet written.
    package init(uninitialized shape: [Int], on device: Device) {
        self.shape = shape
        count = shape.reduce(1, *)
        storage = TensorStorage(count: count, device: device)
    }

    /// Makes a tensor filled with one value.
    public init(_ value: Float = 0, shape: [Int], on device: Device) {
        self.init(uninitialized: shape, on: device)
        storage.elements.update(repeating: value, count: count)
    }

    /// Makes a tensor from its elements in row-major order.
    public init(_ elements: some Collection<Float>, shape: [Int], on device: Device) {
        self.init(uninitialized: shape, on: device)
        precondition(elements.count == count, "\(elements.count) elements do not fill the shape \(shape)")
        _ = UnsafeMutableBufferPointer(start: storage.elements, count: count).initialize(from: elements)
    }

    private init(storage: TensorStorage, shape: [Int], count: Int) {
        self.shape = shape
        self.count = count
        self.storage = storage
    }

    /// The device that holds the elements.
    public var device: Device { storage.device }

    /// A copy of the elements in row-major order.
    public var elements: [Float] { withElements(Array.init) }

    /// The same elements under another shape of the same count.
    public func reshaped(_ shape: Int...) -> Tensor { reshaped(shape) }

    /// The same elements under another shape of the same count.
    public func reshaped(_ shape: [Int]) -> Tensor {
        precondition(shape.reduce(1, *) == count, "\(self.shape) cannot be reshaped to \(shape)")
        return Tensor(storage: storage, shape: shape, count: count)
    }

    /// Reads the elements in place.
    public func withElements<Result>(_ body: (UnsafeBufferPointer<Float>) throws -> Result) rethrows -> Result {
        try withExtendedLifetime(storage) {
            try body(UnsafeBufferPointer(start: storage.elements, count: count))
        }
    }

    /// Writes the elements in place, after copying them if another tensor shares them.
    public mutating func withMutableElements<Result>(
        _ body: (UnsafeMutableBufferPointer<Float>) throws -> Result
    ) rethrows -> Result {
        if !isKnownUniquelyReferenced(&storage) {
            let copy = TensorStorage(count: count, device: device)
            copy.elements.update(from: storage.elements, count: count)
            storage = copy
        }
        return try body(UnsafeMutableBufferPointer(start: storage.elements, count: count))
    }

    /// Where a function of this tensor's elements, of its shape, can be written: here if nobody else holds them.
    package mutating func reusedOrNew() -> Tensor {
        isKnownUniquelyReferenced(&storage) ? self : Tensor(uninitialized: shape, on: device)
    }

    /// The address of the elements, for kernels; valid while the tensor lives.
    package var pointer: UnsafeMutablePointer<Float> { storage.elements }
}

/// The memory of one tensor, given back to its device's pool when the last tensor that shares it goes.
///
/// Safe to send: the elements are written only through a uniquely referenced tensor, or by the kernel that
/// is making the tensor, before anyone else has seen it.
private final class TensorStorage: @unchecked Sendable {
    let device: Device
    let elements: UnsafeMutablePointer<Float>
    private let capacity: Int

    init(count: Int, device: Device) {
        self.device = device
        capacity = MemoryPool.capacity(forBytes: count * MemoryLayout<Float>.stride)
        elements = device.memory.take(capacity: capacity).assumingMemoryBound(to: Float.self)
    }

    deinit { device.memory.giveBack(elements, capacity: capacity) }
}
