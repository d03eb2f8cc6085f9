import Upscaling

extension Failure {
    /// What an enlargement threw, as a command's end.
    init(upscaling error: any Error) {
        switch error {
        case let failure as Failure: self = failure
        case is CancellationError, UpscalingError.cancelled: self.init(.interrupted, "stopped.")
        case let error as UpscalingError:
            switch error {
            case .scale, .side, .tooManyPixels: self.init(.usage, error.description)
            case .weights, .unknownNetwork, .unsupportedNetwork: self.init(.badData, error.description)
            case .cancelled, .notFinite: self.init(.software, error.description)
            }
        default: self.init(.software, "\(error)")
        }
    }
}
