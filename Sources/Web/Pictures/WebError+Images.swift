internal import Imaging
internal import Studio

extension WebError {
    /// An image in the request cannot be read.
    static func unreadable(_ parameter: String, _ error: ImageError) -> WebError {
        .badRequest(.invalidValue, "'\(parameter)': \(error.description)", parameter: parameter)
    }
}

extension GenerationRequest {
    /// Refuses a request whose pictures cannot be written in a format, before any of its work is done.
    ///
    /// - Parameter parameter: What the interface calls the choice of a format.
    func requireWritable(as format: ImageFormat, _ parameter: String) throws(WebError) {
        guard settings.background != .transparent || format.hasOpacity else {
            throw .badRequest(
                .invalidValue,
                "A \(format.name) file cannot be transparent; choose png or webp, or an opaque background.",
                parameter: "background")
        }
        // Sizes that may be asked for can be written in every format.
        guard settings.keepsImageSize, hasInitialImage else { return }
        let size = deliveredSize
        guard max(size.width, size.height) > format.maximumSide else { return }
        throw .badRequest(
            .invalidValue,
            "A \(format.name) file has sides of at most \(format.maximumSide) pixels, which the picture exceeds.",
            parameter: parameter)
    }
}
