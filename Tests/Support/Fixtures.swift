public import Foundation
public import NeuralNetwork

/// The reference data in Tests/Fixtures/data.
public enum Fixtures {
    /// The fixture at a path below that folder.
    public static func url(_ path: String) -> URL {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Fixtures/data").appendingPathComponent(path)
    }

    /// The tensors of a fixture.
    public static func weights(_ path: String) throws -> Weights { try Weights(file: url(path).path) }
}

extension Tensor {
    /// ‖self − reference‖ / ‖reference‖.
    public func relativeError(to reference: Tensor) -> Double {
        guard shape == reference.shape else { return .infinity }
        var (difference, norm) = (0.0, 0.0)
        for (a, b) in Swift.zip(elements, reference.elements) {
            difference += Double(a - b) * Double(a - b)
            norm += Double(b) * Double(b)
        }
        return norm == 0 ? difference.squareRoot() : (difference / norm).squareRoot()
    }
}
