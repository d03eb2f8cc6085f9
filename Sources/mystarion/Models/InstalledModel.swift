import Diffusion
import Foundation
import NeuralNetwork
import Studio

/// A model's folder on this machine.
struct InstalledModel {
    let folder: String

    /// The folder's name, which is the model's id.
    var identifier: String { URL(fileURLWithPath: folder).lastPathComponent }

    /// The folder, and whatever links in it lead to: all that has to be readable.
    var readablePaths: [String] {
        let files = FileManager.default.enumerator(
            at: URL(fileURLWithPath: folder), includingPropertiesForKeys: [.isSymbolicLinkKey])
        let links = (files?.compactMap { $0 as? URL } ?? []).filter {
            (try? $0.resourceValues(forKeys: [.isSymbolicLinkKey]).isSymbolicLink) == true
        }
        return [folder] + links.map { $0.resolvingSymlinksInPath().path }
    }

    /// The model that somebody named: a folder, or the name of an installed one; the bundled one when nil.
    static func find(_ name: String?) throws -> InstalledModel {
        let name = name ?? bundledName
        if isModel(name) { return InstalledModel(folder: name) }
        let installed = all()
        if let model = installed.first(where: { $0.identifier == name }) { return model }
        if FileManager.default.fileExists(atPath: name) {
            throw Failure(.noInput, "\(name) is no model: a model's folder has a model_index.json.")
        }
        guard !installed.isEmpty else { throw noneFound }
        let names = installed.map(\.identifier).joined(separator: ", ")
        throw Failure(.noInput, "there is no model '\(name)'. Installed are: \(names). A folder's path is fine, too.")
    }

    /// Every model in the places where they are looked for, by name; of two with one name, the first found.
    static func all() -> [InstalledModel] {
        var found: [String: InstalledModel] = [:]
        for place in places {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: place)) ?? []
            for name in names where isModel("\(place)/\(name)") && found[name] == nil {
                found[name] = InstalledModel(folder: "\(place)/\(name)")
            }
        }
        return found.values.sorted { $0.identifier < $1.identifier }
    }

    /// What to say when there is nothing to choose from.
    static var noneFound: Failure {
        Failure(
            .noInput,
            """
            no model was found. Looked in \(places.joined(separator: ", ")). Name a model's folder with --model, or \
            the folder that holds several with MYSTARION_MODELS.
            """)
    }

    private static var bundledName: String { "mystarion-icons" }

    private static func isModel(_ folder: String) -> Bool {
        FileManager.default.fileExists(atPath: "\(folder)/model_index.json")
    }

    /// Where models are looked for, in order.
    static var places: [String] {
        var places: [String] = []
        if let variable = ProcessInfo.processInfo.environment["MYSTARION_MODELS"], !variable.isEmpty {
            places.append(variable)
        }
        places.append(FileManager.default.currentDirectoryPath + "/Models")
        // The program is in .build/…/release of its package, or in bin beside share.
        var ancestor = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        for _ in 0..<4 {
            ancestor.deleteLastPathComponent()
            for place in ["Models", "share/mystarion/Models"] {
                let folder = ancestor.appendingPathComponent(place).path
                if FileManager.default.fileExists(atPath: folder), !places.contains(folder) { places.append(folder) }
            }
        }
        return places
    }
}
