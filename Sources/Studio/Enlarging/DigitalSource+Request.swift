import Imaging

extension DigitalSource {
    /// How the pictures of a request come about.
    init(of request: borrowing GenerationRequest) {
        // A filter only spreads the pixels that there are: they stay what they were.
        if let enlargement = request.settings.enlargement, enlargement.isByFilters {
            self = request.initialSource ?? .algorithmicallyEnhanced
            return
        }
        switch request.initialPicture {
        case .some: self = .compositeWithTrainedAlgorithmicMedia
        case .none: self = .trainedAlgorithmicMedia
        }
    }
}

extension Enlargement {
    /// Whether no network has a part in it.
    fileprivate var isByFilters: Bool {
        [upscaler, second?.upscaler].compactMap(\.self).allSatisfy { UpscalerShelf.filters.find($0) != nil }
    }
}
