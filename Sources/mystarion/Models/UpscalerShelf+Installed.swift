import NeuralNetwork
import Studio
import Upscaling

extension UpscalerShelf {
    /// The networks that are installed, ready to enlarge, the one that is taken where nobody chooses first.
    ///
    /// - Parameters:
    ///   - installed: Networks, and filters, which are on every shelf.
    ///   - device: Where they compute.
    /// - Throws: A failure for a file that cannot be used.
    init(_ installed: [InstalledUpscaler] = InstalledUpscaler.all(), on device: Device) throws(Failure) {
        let networks = installed.filter { $0.readablePath != nil }
        let standard = networks.filter { $0.name == InstalledUpscaler.defaultName }
        var loaded: [Upscaler] = []
        for network in standard + networks where !loaded.contains(where: { $0.name == network.name }) {
            loaded.append(try network.load(on: device))
        }
        self.init(networks: loaded)
    }
}
