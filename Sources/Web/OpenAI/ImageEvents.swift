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
    private let size: ImageSize
    private var partialImages: [Int: Int] = [:]

    init(_ family: Family, _ output: ImageOutput, size: ImageSize) {
        self.family = family
        self.output = output
        self.size = size
    }

    /// The lines that tell an event; nil for one that this API has no word for.
    mutating func text(for event: GenerationEvent) async throws -> ByteBuffer? {
        switch event {
        case .preview(let picture):
            let index = partialImages[picture.index, default: 0]
            partialImages[picture.index] = index + 1
            return try await text("partial_image", picture, more: #","partial_image_index":\#(index)"#)
        case .picture(let picture):
            return try await text("completed", picture, isFinal: true)
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
        _ name: String, _ picture: Picture, more: String = "", isFinal: Bool = false
    ) async throws -> ByteBuffer? {
        let variation = picture.variationSeed.map { #","variation_seed":\#($0)"# } ?? ""
        let seed = "\(picture.seed)\(variation)"
        let type = "\(family.rawValue).\(name)"
        var text = ByteBuffer(string: "event: \(type)\ndata: {\"type\":\"\(type)\",\"created_at\":\(unixTime()),")
        text.writeImageFacts(output, size)
        text.writeString(#"\#(more),"seed":\#(seed)"#)
        if isFinal {
            text.writeDrawnSize(of: picture)
            text.writeRevisedPrompt(of: picture)
        }
        text.writeStaticString(#","b64_json":""#)
        return try await picture.encode(as: output.format, quality: output.compression) { [text] bytes in
            var text = text
            text.writeBase64(bytes)
            text.writeStaticString("\"}\n\n")
            return text
        }
    }
}
