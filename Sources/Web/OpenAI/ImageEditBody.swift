internal import Imaging
internal import Privacy
internal import Studio

/// The body of a request to edit a picture, in one of its two forms.
protocol ImageEditBody: RequestParameters, ~Copyable {
    /// The parameters that pictures are in.
    static var pictureNames: Set<String> { get }

    /// The picture to edit, of which there must be one.
    func picture() throws(WebError) -> ImageFile

    /// The picture whose transparent parts say where to edit; nil when there is none.
    func transparencyMask() throws(WebError) -> ImageFile?
}

extension ImageEditBody where Self: ~Copyable {
    /// The picture whose transparent parts say where to edit, of the size of the picture to edit; nil when there is none.
    func mask(for picture: ImageInfo) throws(WebError) -> ImageFile? {
        guard let mask = try transparencyMask() else { return nil }
        guard mask.info.width == picture.width, mask.info.height == picture.height else {
            throw .badRequest(.invalidValue, "The mask and the picture must be of one size.", parameter: "mask")
        }
        return mask
    }
}

extension MultipartDocument: ImageEditBody {
    static var pictureNames: Set<String> { ["image", "image[]", "mask"] }

    func picture() throws(WebError) -> ImageFile {
        guard count(of: "image") + count(of: "image[]") <= 1 else { throw .severalPictures("image") }
        guard let picture = try imageFile(count(of: "image") > 0 ? "image" : "image[]") else { throw .missingPicture }
        return picture
    }

    func transparencyMask() throws(WebError) -> ImageFile? { try imageFile("mask") }
}

extension JSONDocument: ImageEditBody {
    static var pictureNames: Set<String> { ["images", "mask"] }

    func picture() throws(WebError) -> ImageFile {
        guard let count = try count(of: "images"), count > 0 else { throw .missingPicture("images") }
        guard count == 1 else { throw .severalPictures("images") }
        guard let picture = try reference(["images", 0]) else { throw .missingPicture("images[0].image_url") }
        return picture
    }

    func transparencyMask() throws(WebError) -> ImageFile? {
        guard let value = value("mask"), !value.isEmptyString else { return nil }
        guard let mask = try reference("mask") else { throw .missingPicture("mask.image_url") }
        return mask
    }

    /// The picture in `{"image_url": "data:…"}`; nil when there is none.
    private func reference(_ path: JSONPath) throws(WebError) -> ImageFile? {
        guard try names(of: path).allSatisfy({ $0 == "image_url" }) else {
            throw .badRequest(
                .unsupported, "'\(path)' must hold 'image_url' and nothing else; no files are kept here to refer to.",
                parameter: path.description)
        }
        return try imageFile(JSONPath(components: path.components + ["image_url"]))
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
}
