import NeuralNetwork

/// Reads the layers of a network that enlarges pictures, with errors of its own kind.
struct NetworkReader {
    /// The most channels of a layer.
    static let mostFeatures = 512

    /// The most layers, or blocks of layers.
    static let mostLayers = 128

    private let weights: Weights
    private let device: Device

    init(_ weights: Weights, on device: Device) {
        self.weights = weights
        self.device = device
    }

    /// A 3×3 convolution `name.weight` `[outputs, inputs, 3, 3]` with `name.bias` `[outputs]`.
    ///
    /// - Parameters:
    ///   - slopes: Of the PReLU that follows it, `[outputs]`.
    ///   - order: Which of the file's outputs each of the layer's is; as in the file when nil.
    ///   - factor: What the results are multiplied with.
    func convolution(
        _ name: String, inputs: Int, outputs: Int, slopes: Tensor? = nil, order: [Int]? = nil, factor: Float = 1
    ) throws(UpscalingError) -> Conv2D {
        var weight = try tensor("\(name).weight", shape: [outputs, inputs, 3, 3])
        var bias = try tensor("\(name).bias", shape: [outputs])
        if let order {
            weight = weight.reordered(order)
            bias = bias.reordered(order)
        }
        if factor != 1 {
            weight = factor * weight
            bias = factor * bias
        }
        return Conv2D(weight: weight, bias: bias, slopes: slopes)
    }

    /// The slopes of a PReLU: one for each channel, or one for all.
    func slopes(_ name: String, count: Int) throws(UpscalingError) -> Tensor {
        guard count > 1, weights.shape(of: name) == [1] else { return try tensor(name, shape: [count]) }
        return Tensor(try tensor(name, shape: [1]).elements[0], shape: [count], on: device)
    }

    /// The slopes of a leaky ReLU.
    func slopes(_ slope: Float, count: Int) -> Tensor { Tensor(slope, shape: [count], on: device) }

    private func tensor(_ name: String, shape: [Int]) throws(UpscalingError) -> Tensor {
        let tensor: Tensor
        do {
            tensor = try weights.tensor(name, shape: shape, on: device)
        } catch {
            throw .weights(error)
        }
        guard tensor.withElements({ $0.allSatisfy(\.isFinite) }) else {
            throw .unsupportedNetwork(
                file: weights.place, network: "network", problem: "\(name) has weights that are no finite numbers")
        }
        return tensor
    }
}

extension Tensor {
    /// The parts of the first dimension in another order.
    fileprivate func reordered(_ order: [Int]) -> Tensor {
        .concatenatingBatch(order.map { samples($0..<$0 + 1) })
    }
}
