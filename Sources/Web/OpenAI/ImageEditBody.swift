internal import Imaging
internal import Privacy

/// The body of a request to edit a picture, in one of its two forms.
protocol ImageEditBody: RequestParameters, ~Copyable {
    /// The parameters that pictures are in.
    static var pictureNames: Set<String> { get }

    /// The picture to edit, of which there must be one.
    func picture() throws(WebError) -> PixelBuffer

    /// The picture whose transparent parts say where to edit; nil when there is none.
    func transparencyMask() throws(WebError) -> PixelBuffer?
}

extension ImageEditBody where Self: ~Copyable {
    /// Where a picture is drawn anew, white, and where it stays, black, as opaque as the mask is there; nil when
    /// there is no mask.
    func mask(for picture: borrowing PixelBuffer) throws(WebError) -> PixelBuffer? {
        guard let mask = try transparencyMask() else { return nil }
        guard mask.width == picture.width, mask.height == picture.height else {
            throw .badMask(
                "The mask is \(mask.width)×\(mask.height) and the picture \(picture.width)×\(picture.height); "
                    + "they must be of one size.")
        }
        guard mask.channels == 4 else {
            throw .badMask("The mask has no opacity; it must be transparent where the picture is to be drawn anew.")
        }
        var inverted = PixelBuffer(width: mask.width, height: mask.height, channels: 1)
        var isEmpty = true
        mask.withBytes { source in
            inverted.withMutableBytes { target in
                for pixel in target.indices {
                    target[pixel] = 255 - source[pixel * 4 + 3]
                    if target[pixel] > 0 { isEmpty = false }
                }
            }
        }
        guard !isEmpty else {
            throw .badMask("The mask is opaque everywhere; make it transparent where the picture is to be drawn anew.")
        }
        return inverted
    }
}

extension MultipartDocument: ImageEditBody {
    static var pictureNames: Set<String> { ["image", "image[]", "mask"] }

    func picture() throws(WebError) -> PixelBuffer {
        guard count(of: "image") + count(of: "image[]") <= 1 else { throw .severalPictures("image") }
        guard let picture = try picture(count(of: "image") > 0 ? "image" : "image[]") else { throw .missingPicture }
        return picture
    }

    func transparencyMask() throws(WebError) -> PixelBuffer? { try picture("mask") }
}

extension JSONDocument: ImageEditBody {
    static var pictureNames: Set<String> { ["images", "mask"] }

    func picture() throws(WebError) -> PixelBuffer {
        guard let count = try count(of: "images"), count > 0 else { throw .missingPicture("images") }
        guard count == 1 else { throw .severalPictures("images") }
        guard let picture = try reference(["images", 0]) else { throw .missingPicture("images[0].image_url") }
        return picture
    }

    func transparencyMask() throws(WebError) -> PixelBuffer? {
        guard value("mask") != nil else { return nil }
        guard let mask = try reference("mask") else { throw .missingPicture("mask.image_url") }
        return mask
    }

    /// The picture in `{"image_url": "data:…"}`; nil when there is none.
    private func reference(_ path: JSONPath) throws(WebError) -> PixelBuffer? {
        guard try names(of: path).allSatisfy({ $0 == "image_url" }) else {
            throw .badRequest(
                .unsupported, "'\(path)' must hold 'image_url' and nothing else; no files are kept here to refer to.",
                parameter: path.description)
        }
        return try picture(JSONPath(components: path.components + ["image_url"]))
    }
}

extension WebError {
    /// No picture was sent where one is needed.
    static func missingPicture(_ parameter: String) -> WebError {
        .badRequest(
            .missingParameter, "'\(parameter)' is missing; send the picture to start from.", parameter: parameter)
    }

    static var missingPicture: WebError { missingPicture("image") }

    fileprivate static func severalPictures(_ parameter: String) -> WebError {
        .badRequest(
            .unsupported, "The model starts from one picture; '\(parameter)' has several.", parameter: parameter)
    }

    fileprivate static func badMask(_ message: String) -> WebError {
        .badRequest(.invalidValue, message, parameter: "mask")
    }
}
