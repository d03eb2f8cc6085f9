import Foundation
import NeuralNetwork
import Studio

/// A studio whose model is read when the first picture is asked for, since many clients start servers that they then ask
/// for nothing, and none waits long for an answer to its first question.
actor LateStudio {
    private let model: InstalledModel
    private let threads: Int?
    private var opening: Task<Studio, any Error>?

    init(_ model: InstalledModel, threads: Int?) {
        self.model = model
        self.threads = threads
    }

    /// The studio, opened if it is not yet.
    func open() async throws -> Studio {
        if let opening { return try await opening.value }
        let opening = Task { [model, threads] in
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Studio, any Error>) in
                // It takes seconds, which Swift's own threads must not wait for.
                Thread.detachNewThread {
                    let studio = Result {
                        let device = Device(threads: threads)
                        return Studio(
                            engine: try model.engine(on: device), upscalers: try UpscalerShelf(on: device))
                    }
                    // The client is told no more than that something failed.
                    if case .failure(let failure as Failure) = studio { Terminal.complain(failure.message) }
                    continuation.resume(with: studio)
                }
            }
        }
        self.opening = opening
        return try await opening.value
    }
}
