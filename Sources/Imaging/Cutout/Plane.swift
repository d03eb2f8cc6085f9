import Privacy

/// Numbers of a picture's size, a number a pixel, that are overwritten when they go.
struct Plane<Number: BitwiseCopyable>: ~Copyable {
    /// Numbers in a row.
    let width: Int

    /// Rows.
    let height: Int

    private let memory: UnsafeMutableBufferPointer<Number>

    /// A plane of one number everywhere.
    init(width: Int, height: Int, filledWith number: Number) {
        self.width = width
        self.height = height
        memory = .allocate(capacity: width * height)
        memory.initialize(repeating: number)
    }

    deinit {
        if let start = memory.baseAddress {
            eraseMemory(UnsafeMutableRawPointer(start), count: memory.count * MemoryLayout<Number>.stride)
        }
        memory.deallocate()
    }

    /// The places of its numbers, row after row.
    var indices: Range<Int> { 0..<memory.count }

    /// The number of a pixel.
    subscript(index: Int) -> Number {
        get { memory[index] }
        nonmutating set { memory[index] = newValue }
    }

    /// The numbers' memory; valid during `body`.
    func withNumbers(_ body: (UnsafeMutableBufferPointer<Number>) -> Void) { body(memory) }

    /// Calls `body` with each of the four neighbours of a place that there are.
    @inline(__always)
    func forEachNeighbour(of index: Int, _ body: (Int) -> Void) {
        let x = index % width
        if x > 0 { body(index - 1) }
        if x < width - 1 { body(index + 1) }
        if index >= width { body(index - width) }
        if index < memory.count - width { body(index + width) }
    }

    /// Calls `body` with each of the eight neighbours of a place that there are.
    @inline(__always)
    func forEachNeighbourAround(_ index: Int, _ body: (Int) -> Void) {
        let (x, y) = (index % width, index / width)
        for row in max(0, y - 1)...min(height - 1, y + 1) {
            for column in max(0, x - 1)...min(width - 1, x + 1) where row != y || column != x {
                body(row * width + column)
            }
        }
    }
}
