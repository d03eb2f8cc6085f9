import Foundation
import NeuralNetwork
import Upscaling

/// An upscaler that people can choose by name: one that is bundled, or a file's.
struct InstalledUpscaler: Sendable {
    /// What it is made of.
    enum Source: Sendable {
        case filter(Upscaler)
        case file(String)
    }

    /// The name that it is chosen by.
    let name: String

    /// What it is made of.
    let source: Source

    /// The one that is taken when nobody chooses.
    static let defaultName = "realesr-animevideov3"

    /// What enlarges without a network.
    private static var filters: [InstalledUpscaler] {
        [Upscaler.lanczos, .nearest].map { InstalledUpscaler(name: $0.name, source: .filter($0)) }
    }

    /// The upscaler that somebody named: one of ``all()``, or a safetensors file by its path; the bundled one when nil.
    ///
    /// - Throws: A failure that says which there are.
    static func find(_ name: String?) throws(Failure) -> InstalledUpscaler {
        let name = name ?? defaultName
        let installed = all()
        if let upscaler = installed.first(where: { $0.name == name }) { return upscaler }
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: name, isDirectory: &isFolder), !isFolder.boolValue {
            return InstalledUpscaler(name: Upscaler.name(ofFile: name), source: .file(name))
        }
        throw Failure(
            .noInput,
            "there is no upscaler '\(name)'. There are: \(installed.map(\.name).joined(separator: ", ")). "
                + "A safetensors file's path is fine, too.")
    }

    /// The filters, and every network in the folder `upscalers` of the places where models are looked for; of two with one
    /// name, the first found.
    static func all() -> [InstalledUpscaler] {
        var found: [InstalledUpscaler] = []
        for place in InstalledModel.places {
            let folder = "\(place)/upscalers"
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            for file in names.sorted() where file.hasSuffix(".safetensors") {
                let name = Upscaler.name(ofFile: file)
                if !found.contains(where: { $0.name == name }) {
                    found.append(InstalledUpscaler(name: name, source: .file("\(folder)/\(file)")))
                }
            }
        }
        return found + filters
    }

    /// The file that has to be readable for it; nil for a filter.
    var readablePath: String? {
        switch source {
        case .file(let path): path
        case .filter: nil
        }
    }

    /// The upscaler, ready to enlarge; its file is not needed any more.
    func load(on device: Device) throws(Failure) -> Upscaler {
        switch source {
        case .filter(let upscaler): return upscaler
        case .file(let path):
            do {
                return try Upscaler(file: path, name: name, on: device)
            } catch {
                throw Failure(.badData, "the upscaler \(name) cannot be used: \(error)")
            }
        }
    }
}
