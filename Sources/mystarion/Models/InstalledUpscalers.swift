import Foundation
import NeuralNetwork
import Studio
import Upscaling

/// The networks that enlarge pictures, as files on this machine.
enum InstalledUpscalers {
    /// The files in the folders `upscalers` where models are looked for, the bundled one first; of two with one name, the
    /// first found.
    static var files: [String] {
        var found: [String: String] = [:]
        for place in InstalledModel.places {
            let folder = "\(place)/upscalers"
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            for name in names where name.hasSuffix(".safetensors") && found[name] == nil {
                found[name] = "\(folder)/\(name)"
            }
        }
        let bundled = "\(bundledName).safetensors"
        return found.sorted { ($0.key != bundled, $0.key) < ($1.key != bundled, $1.key) }.map(\.value)
    }

    /// All of them, ready to enlarge.
    ///
    /// - Parameters:
    ///   - files: Where they are.
    ///   - device: Where they compute.
    /// - Throws: A failure for a file that cannot be used.
    static func shelf(of files: [String] = files, on device: Device) throws -> UpscalerShelf {
        UpscalerShelf(
            networks: try files.map { file in
                do throws(UpscalingError) {
                    return try Upscaler(file: file, on: device)
                } catch {
                    throw Failure(.badData, error.description)
                }
            })
    }

    private static var bundledName: String { "realesr-animevideov3" }
}

/// False comes before true.
private func < (first: (Bool, String), second: (Bool, String)) -> Bool {
    first.0 == second.0 ? first.1 < second.1 : !first.0
}
