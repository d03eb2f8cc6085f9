import NeuralNetwork

/// A table of vectors, one a token or a position.
struct TokenEmbedding: Sendable {
    private let table: Tensor

    /// Reads `weight` `[count, width]`.
    init(_ weights: Weights, count: Int, width: Int, on device: Device) throws {
        table = try weights.tensor("weight", shape: [count, width], on: device)
    }

    /// The number of vectors.
    var count: Int { table.shape[0] }

    /// Adds up a token's vector and that of its position.
    ///
    /// - Parameters:
    ///   - tokens: `[batch][position]`, every one below `count`.
    ///   - positions: A table with at least as many vectors as there are positions.
    ///   - constant: A vector added to every sum, or nil.
    /// - Returns: `[batch, position, width]`.
    func callAsFunction(_ tokens: [[Int32]], positions: TokenEmbedding, constant: Tensor? = nil) -> Tensor {
        let (length, width) = (tokens[0].count, table.shape[1])
        precondition(length <= positions.count, "\(length) tokens, but only \(positions.count) positions")
        var result = Tensor(shape: [tokens.count, length, width], on: table.device)
        result.withMutableElements { target in
            table.withElements { table in
                positions.table.withElements { positions in
                    for (index, token) in tokens.joined().enumerated() {
                        precondition(token >= 0 && Int(token) < count, "token \(token) of a vocabulary of \(count)")
                        for column in 0..<width {
                            target[index * width + column] =
                                table[Int(token) * width + column] + positions[index % length * width + column]
                        }
                    }
                }
            }
            constant?.withElements { constant in
                for index in target.indices { target[index] += constant[index % width] }
            }
        }
        return result
    }
}
