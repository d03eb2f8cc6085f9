extension HTTPMessage {
    /// A request in JSON with a canary's prompt and seed, and more members.
    static func json(
        _ path: String, _ canary: Canary, _ more: [(String, String)], steps: Int = 2, prompt: String? = nil,
        isEscaped: Bool = false
    ) -> HTTPMessage {
        var members = [
            ("prompt", JSONText.string(prompt ?? canary.prompt, isEscaped: isEscaped)), ("seed", "\(canary.seed)"),
        ]
        if !more.contains(where: { $0.0 == "steps" }) { members.append(("steps", "\(steps)")) }
        return HTTPMessage(path: path, body: JSONText.object(members + more))
    }

    /// A call of a tool by the Model Context Protocol, with a canary's prompt and seed, and more arguments.
    ///
    /// - Parameter tellsProgress: Whether the client asks how far it is; its names are canaries, too.
    static func tool(
        _ name: String, _ canary: Canary, _ more: [(String, String)] = [], steps: Int = 2, prompt: String? = nil,
        tellsProgress: Bool = false
    ) -> HTTPMessage {
        let arguments = json("", canary, more, steps: steps, prompt: prompt).body
        let token = tellsProgress ? ",\"_meta\":{\"progressToken\":\"\(canary.words[1])\"}" : ""
        let start =
            "{\"jsonrpc\":\"2.0\",\"id\":\"\(canary.words[0])\",\"method\":\"tools/call\",\"params\":"
            + "{\"name\":\"\(name)\"\(token),\"arguments\":"
        var message = HTTPMessage(path: "/mcp", body: Array(start.utf8) + arguments + Array("}}".utf8))
        if tellsProgress { message.fields.append("Accept: application/json, text/event-stream") }
        return message
    }

    /// A form with files, a canary's prompt and seed, and more fields.
    static func multipart(
        _ path: String, _ canary: Canary, _ files: [(String, [UInt8])], _ more: [(String, String)] = [], steps: Int = 2,
        hasPrompt: Bool = true
    ) -> HTTPMessage {
        var fields = [("seed", "\(canary.seed)")]
        if hasPrompt { fields.append(("prompt", canary.prompt)) }
        if !more.contains(where: { $0.0 == "steps" }) { fields.append(("steps", "\(steps)")) }
        var body: [UInt8] = []
        for (name, value) in fields + more {
            body += Array("--audit\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n".utf8)
        }
        for (name, file) in files {
            let name = "name=\"\(name)\"; filename=\"\(canary.words[0]).png\""
            body += Array("--audit\r\nContent-Disposition: form-data; \(name)\r\nContent-Type: image/png\r\n\r\n".utf8)
            body += file + Array("\r\n".utf8)
        }
        body += Array("--audit--\r\n".utf8)
        return HTTPMessage(path: path, contentType: "multipart/form-data; boundary=audit", body: body)
    }
}
