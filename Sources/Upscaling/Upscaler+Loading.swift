import NeuralNetwork

extension Upscaler {
    /// The network that a safetensors file holds.
    static func network(in file: String, on device: Device) throws(UpscalingError) -> any UpscalingNetwork {
        let weights: Weights
        do {
            weights = try Weights(file: file)
        } catch {
            throw .weights(error)
        }
        // Converted checkpoints may keep the key that basicsr saves a network under.
        for weights in [weights, weights["params_ema"], weights["params"]] {
            if SRVGGNetCompact.recognises(weights) { return try SRVGGNetCompact(weights, on: device) }
            if RRDBNet.recognises(weights) { return try RRDBNet(weights, on: device) }
        }
        throw .unknownNetwork(file: file)
    }

    /// The name that a file's network is chosen by: the file's own, without folder and ending.
    public static func name(ofFile file: String) -> String {
        let name = file.split(separator: "/").last.map(String.init) ?? file
        let ending = ".safetensors"
        return name.hasSuffix(ending) && name.count > ending.count ? String(name.dropLast(ending.count)) : name
    }
}
