internal import Imaging
internal import NIOCore
internal import Studio

/// The content of a tool's result, written as it grows: each picture as an image, then a text about all of them, which
/// says nothing of what was asked for.
struct MCPContent: Sendable {
    private var body = ByteBuffer()
    private var lines: [String] = []
    private let presentation: Presentation

    init(_ presentation: Presentation) {
        self.presentation = presentation
        body.writeStaticString(#""content":["#)
    }

    /// Adds a picture, which is encoded and then gone.
    mutating func append(_ picture: Picture) async throws {
        let format = presentation.format
        let text = try await picture.encode(as: format, quality: presentation.compression) { ByteBuffer(base64: $0) }
        guard let text else { return }
        body.writeStaticString(#"{"type":"image","data":""#)
        body.writeImmutableBuffer(text)
        body.writeString(#"","mimeType":"\#(format.mediaType)"},"#)
        let seed = picture.isEnlargement ? "" : "seed \(picture.seed), "
        lines.append("\(seed)\(picture.width)×\(picture.height) pixels, \(format.name)")
    }

    /// The result's members.
    consuming func members(model: String) -> ByteBuffer {
        let pictures =
            lines.count == 1
            ? "The picture: \(lines[0])."
            : lines.enumerated().map { "Picture \($0.offset + 1): \($0.element)." }.joined(separator: "\n")
        body.writeStaticString(#"{"type":"text","text":"#)
        body.writeJSONString("\(pictures)\nThe model: \(model).")
        body.writeStaticString(#"}],"isError":false"#)
        return body
    }

    /// The members of a result that is an error, which the language model is to read.
    static func error(_ error: WebError) -> ByteBuffer {
        var body = ByteBuffer()
        body.writeStaticString(#""content":[{"type":"text","text":"#)
        body.writeJSONString(error.message)
        body.writeStaticString(#"}],"isError":true"#)
        return body
    }

    /// The members of a result that is data: as text for those who read nothing else, and as itself.
    static func data(_ data: JSONText) -> ByteBuffer {
        var text = ByteBuffer()
        data.write(to: &text)
        var body = ByteBuffer()
        body.writeStaticString(#""content":[{"type":"text","text":"#)
        body.writeJSONString(String(buffer: text))
        body.writeStaticString(#"}],"structuredContent":"#)
        body.writeImmutableBuffer(text)
        body.writeStaticString(#","isError":false"#)
        return body
    }
}
