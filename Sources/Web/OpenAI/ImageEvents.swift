internal import Imaging
internal import NIOCore
internal import Studio

/// The server-sent events of a request for pictures: `partial_image`s while they are made, `completed` when one is done.
///
/// Of several pictures each has events of its own, told apart by their `seed`.
struct ImageEvents {
    /// What the events' names begin with.
    enum Family: String, Sendable {
        case generation = "image_generation"
        case edit = "image_edit"
    }

    private let family: Family
    private let output: ImageOutput
    private let width: Int
    private let height: Int
    private var partialImages: [Int: Int] = [:]

    init(_ family: Family, _ output: ImageOutput, settings: GenerationSettings) {
        self.family = family
        self.output = output
        width = settings.width
        height = settings.height
    }

    /// The lines that tell an event; nil for one that this API has no word for.
    mutating func text(for event: GenerationEvent) throws(ImageError) -> ByteBuffer? {
        switch event {
        case .preview(let picture):
            let index = partialImages[picture.index, default: 0]
            partialImages[picture.index] = index + 1
            return try text("partial_image", picture) { $0.writeString(#","partial_image_index":\#(index)"#) }
        case .picture(let picture):
            return try text("completed", picture)
        case .queued, .started, .step:
            return nil
        }
    }

    /// The lines that end a stream in place of the pictures that are missing.
    static func text(for error: WebError) -> ByteBuffer {
        var text = ByteBuffer(string: "event: error\ndata: ")
        text.writeImmutableBuffer(error.openAIBody)
        text.writeStaticString("\n\n")
        return text
    }

    private func text(
        _ name: String, _ picture: Picture, more: (inout ByteBuffer) -> Void = { _ in }
    ) throws(ImageError) -> ByteBuffer? {
        let seed = picture.seed
        guard let bytes = try picture.encoded(as: output.format, quality: output.compression) else { return nil }
        let type = "\(family.rawValue).\(name)"
        var text = ByteBuffer(string: "event: \(type)\ndata: {\"type\":\"\(type)\",\"created_at\":\(unixTime()),")
        text.writeImageFacts(output, width: width, height: height)
        more(&text)
        text.writeString(#","seed":\#(seed),"b64_json":""#)
        text.writeBase64(bytes)
        text.writeStaticString("\"}\n\n")
        return text
    }
}
