import NeuralNetwork
import Testing

@Suite("Recycled memory")
struct MemoryPoolTests {
    private let device = Device(threads: 1)

    /// Makes a tensor of ones and lets go of it; returns where it was.
    private func use() -> UnsafeRawPointer? {
        let tensor = Tensor(1, shape: [1_000], on: device)
        return tensor.withElements { UnsafeRawPointer($0.baseAddress) }
    }

    @Test("keeps its contents within a pass, and holds nothing of them once it was overwritten")
    func overwritten() {
        let place = use()
        let before = Tensor(uninitialized: [1_000], on: device)
        #expect(before.withElements { UnsafeRawPointer($0.baseAddress) } == place)
        #expect(before.elements.allSatisfy { $0 == 1 })
        let idle = device.memory.idleBytes
        _ = Tensor(1, shape: [3_000], on: device)
        #expect(device.memory.unerasedBytes > 0)
        device.memory.overwrite()
        #expect(device.memory.unerasedBytes == 0)
        #expect(before.elements.allSatisfy { $0 == 1 }, "what a tensor owns is left alone")
        #expect(device.memory.idleBytes > idle)
    }

    @Test("is handed out again after it was overwritten, as zeros, and is not taken from the system anew")
    func kept() {
        let place = use()
        let (idle, held) = (device.memory.idleBytes, device.memory.heldBytes)
        device.memory.overwrite()
        #expect(device.memory.idleBytes == idle && device.memory.heldBytes == held)
        let again = Tensor(uninitialized: [1_000], on: device)
        #expect(again.withElements { UnsafeRawPointer($0.baseAddress) } == place)
        #expect(again.elements.allSatisfy { $0 == 0 })
        #expect(device.memory.heldBytes == held)
    }

    @Test("is given back to the system when it is erased, overwritten or not")
    func erased() {
        _ = use()
        device.memory.overwrite()
        _ = Tensor(1, shape: [2_000], on: device)
        device.memory.erase()
        #expect(device.memory.idleBytes == 0 && device.memory.heldBytes == 0)
    }
}
