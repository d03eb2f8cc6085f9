import Diffusion
import NeuralNetwork
import Web

extension InstalledModel {
    /// The most that is read of any of the files.
    private static let maximumBytes = 64 << 10

    /// What the folder says of the model to people. What is missing or cannot be read is left out.
    func papers() -> ModelPapers {
        var papers = ModelPapers()
        if let description = try? ModelDescription(folder: folder) {
            papers.summary = description.summary
            papers.architecture = description.architecture.rawValue
            papers.weightBytes = description.weightBytes
            papers.hasPictureChecker = description.hasSafetyChecker
        }
        if let card = text("README.md").map(ModelCardText.init) {
            papers.license = card.license
            papers.sections = card.sections
        }
        papers.attribution =
            ["ATTRIBUTION.txt", "NOTICE", "LICENSE", "LICENSE.txt", "LICENSE.md"].lazy
            .compactMap(text).first
        return papers
    }

    /// A file's text without control characters; of a long one the beginning.
    private func text(_ name: String) -> String? {
        guard let data = try? BoundedFile.beginning("\(folder)/\(name)", atMost: Self.maximumBytes), !data.isEmpty
        else { return nil }
        var text = ""
        text.unicodeScalars.append(
            contentsOf: String(decoding: data, as: UTF8.self).unicodeScalars.filter {
                $0 == "\n" || $0 == "\t" || $0.properties.generalCategory != .control
            })
        return text
    }
}
