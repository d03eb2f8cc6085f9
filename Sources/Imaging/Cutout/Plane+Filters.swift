extension Plane<Float> {
    /// The means over squares of `2 * radius + 1` numbers a side, without those that are beyond the edges.
    func mean(radius: Int) -> Plane<Float> {
        filtered(radius: radius) { values in values.reduce(0, +) / Float(values.count) }
    }

    /// The greatest numbers of such squares.
    func maximum(radius: Int) -> Plane<Float> {
        filtered(radius: radius) { values in values.reduce(-.infinity, max) }
    }

    /// Along the rows, then along the columns.
    private func filtered(radius: Int, _ body: (Slice<UnsafeMutableBufferPointer<Float>>) -> Float) -> Plane<Float> {
        let result = Plane<Float>(width: width, height: height, filledWith: 0)
        let line = Plane<Float>(width: max(width, height), height: 1, filledWith: 0)
        line.withNumbers { line in
            for y in 0..<height {
                for x in 0..<width { line[x] = self[y * width + x] }
                for x in 0..<width {
                    result[y * width + x] = body(line[max(0, x - radius)...min(width - 1, x + radius)])
                }
            }
            for x in 0..<width {
                for y in 0..<height { line[y] = result[y * width + x] }
                for y in 0..<height {
                    result[y * width + x] = body(line[max(0, y - radius)...min(height - 1, y + radius)])
                }
            }
        }
        return result
    }
}
