import Diffusion
import Foundation
import NeuralNetwork
import Studio

extension InstalledModel {
    /// What the folder says of itself, without its weights.
    ///
    /// - Throws: A failure, also where the model makes larger pictures by itself than anybody may ask for.
    func card() throws -> ModelCard {
        let card = ModelCard(try description())
        let limits = RequestLimits()
        guard max(card.defaultWidth, card.defaultHeight) <= limits.sides.upperBound,
            card.nativeWidth * card.nativeHeight <= limits.maximumPixels
        else {
            throw Failure(
                .badData,
                "the model in \(folder) cannot be used: it was made for pictures of \(card.nativeWidth)×"
                    + "\(card.nativeHeight) pixels, and at most \(limits.maximumPixels) are made here.")
        }
        return card
    }

    /// The model, ready to draw.
    func engine(on device: Device) throws -> some PictureEngine {
        do {
            return try DiffusionPipeline(folder: folder, device: device)
        } catch {
            throw Failure(.badData, "the model in \(folder) cannot be used: \(error)")
        }
    }

    /// Name, architecture, size of the weights and resolution; what is wrong, where the folder cannot be read.
    var summary: [String] {
        do {
            let description = try ModelDescription(folder: folder)
            let megabytes = max(1, (description.weightBytes + 500_000) / 1_000_000)
            return [
                identifier, description.architecture.rawValue, "\(megabytes) MB",
                "\(description.defaultWidth)x\(description.defaultHeight)",
            ]
        } catch {
            return [identifier, "cannot be used: \(error)", "", ""]
        }
    }

    private func description() throws -> ModelDescription {
        do {
            return try ModelDescription(folder: folder)
        } catch {
            throw Failure(.badData, "the model in \(folder) cannot be used: \(error)")
        }
    }
}
