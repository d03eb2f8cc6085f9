/// A linear map fitted to pairs of vectors, slightly drawn towards zero so that it exists for any pairs.
struct LeastSquares {
    private let inputs: Int
    private let outputs: Int
    /// The sums of products of inputs, of which the lower triangle counts, and of inputs with outputs.
    private var squares: [[Double]]
    private var products: [[Double]]

    init(inputs: Int, outputs: Int) {
        self.inputs = inputs
        self.outputs = outputs
        squares = Array(repeating: Array(repeating: 0, count: inputs), count: inputs)
        products = Array(repeating: Array(repeating: 0, count: outputs), count: inputs)
    }

    /// Counts a pair.
    mutating func add(_ input: [Double], _ output: [Double]) {
        for row in 0..<inputs {
            for column in 0...row { squares[row][column] += input[row] * input[column] }
            for column in 0..<outputs { products[row][column] += input[row] * output[column] }
        }
    }

    /// The map `[inputs][outputs]`, by Cholesky's decomposition of the normal equations.
    func solution() -> [[Double]] {
        let ridge = 1e-4 * (0..<inputs).map { squares[$0][$0] }.reduce(0, +) / Double(inputs) + 1e-12
        var lower = squares
        for row in 0..<inputs {
            for column in 0...row {
                var sum = squares[row][column] + (row == column ? ridge : 0)
                for index in 0..<column { sum -= lower[row][index] * lower[column][index] }
                lower[row][column] = row == column ? max(sum, ridge * 1e-6).squareRoot() : sum / lower[column][column]
            }
        }
        var result = products
        for output in 0..<outputs {
            for row in 0..<inputs {
                for index in 0..<row { result[row][output] -= lower[row][index] * result[index][output] }
                result[row][output] /= lower[row][row]
            }
            for row in (0..<inputs).reversed() {
                for index in row + 1..<max(inputs, row + 1) {
                    result[row][output] -= lower[index][row] * result[index][output]
                }
                result[row][output] /= lower[row][row]
            }
        }
        return result
    }
}
