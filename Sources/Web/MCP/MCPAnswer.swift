internal import NIOCore

/// The messages that a server sends, each in one line.
enum MCPAnswer {
    /// How long a list of tools may be thought to be the same, in milliseconds; it does not change while a server runs.
    private static let lifetime = 300_000

    /// A request's result.
    ///
    /// - Parameters:
    ///   - message: The request.
    ///   - members: The result's members, without braces around them.
    ///   - isCacheable: Whether the revisions that say so say how long it holds.
    ///   - version: The program's version.
    static func result(
        of message: MCPMessage, _ members: ByteBuffer, isCacheable: Bool = false, program version: String
    ) -> ByteBuffer {
        var text = begin(message.identifier)
        text.writeStaticString(#""result":{"#)
        text.writeImmutableBuffer(members)
        if !message.version.hasHandshake {
            text.writeString(members.readableBytes > 0 ? "," : "")
            text.writeStaticString(#""resultType":"complete","#)
            if isCacheable { text.writeString(#""ttlMs":\#(lifetime),"cacheScope":"public","#) }
            text.writeStaticString(#""_meta":{"io.modelcontextprotocol/serverInfo":"#)
            serverInfo(version).write(to: &text)
            text.writeStaticString("}")
        }
        text.writeStaticString("}}")
        return text
    }

    /// What is wrong with a request.
    static func error(_ error: MCPError, to identifier: MCPIdentifier?) -> ByteBuffer {
        var text = begin(identifier)
        text.writeStaticString(#""error":"#)
        error.json.write(to: &text)
        text.writeStaticString("}")
        return text
    }

    /// How far a request is.
    static func progress(_ token: MCPIdentifier, completed: Int, total: Int) -> ByteBuffer {
        ByteBuffer(
            string: #"{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":"# + token.json
                + #","progress":\#(completed),"total":\#(total)}}"#)
    }

    /// Several answers as one.
    static func batch(_ answers: [ByteBuffer]) -> ByteBuffer {
        var text = ByteBuffer()
        for (index, answer) in answers.enumerated() {
            text.writeStaticString(index == 0 ? "[" : ",")
            text.writeImmutableBuffer(answer)
        }
        text.writeStaticString("]")
        return text
    }

    /// A message as a server-sent event.
    static func event(_ message: ByteBuffer) -> ByteBuffer {
        var text = ByteBuffer()
        text.writeStaticString("event: message\ndata: ")
        text.writeImmutableBuffer(message)
        text.writeStaticString("\n\n")
        return text
    }

    /// What clients are told of the program.
    static func serverInfo(_ version: String) -> JSONText {
        .object([("name", .text("mystarion")), ("title", .text("Mystarion")), ("version", .text(version))])
    }

    private static func begin(_ identifier: MCPIdentifier?) -> ByteBuffer {
        ByteBuffer(string: #"{"jsonrpc":"2.0","id":"# + (identifier?.json ?? "null") + ",")
    }
}
