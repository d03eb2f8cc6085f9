internal import Studio

/// What a tool is to do. What is wrong with its arguments is for the language model to read, and so part of a result.
enum MCPToolCall: Sendable {
    case listModels
    case makePictures(Parcel<PictureOrder>, Presentation)
    case refused(WebError)

    /// Reads `params` of `tools/call`; the arguments as the native interface reads its bodies.
    init(_ document: consuming JSONDocument, _ surroundings: MCPMessage.Surroundings) throws(MCPError) {
        let tool = (try? document.word(["params", "name"])).flatMap { MCPTool(rawValue: $0) }
        guard let tool else {
            let known = MCPTool.allCases.map(\.rawValue).joined(separator: ", ")
            throw MCPError(.invalidParameters, "'params.name' must be one of \(known).")
        }
        let arguments = document.moved(to: ["params", "arguments"])
        guard let arguments else {
            throw MCPError(.invalidParameters, "'params.arguments' must be an object.")
        }
        do throws(WebError) {
            try arguments.allowOnly(tool.argumentNames)
            guard tool != .listModels else {
                self = .listModels
                return
            }
            guard tool != .enlargeImage else {
                let order = try PictureOrder(
                    upscale: arguments, model: surroundings.model, upscalers: surroundings.upscalers)
                let presentation = order.presentation
                self = .makePictures(Parcel(order), presentation)
                return
            }
            if tool == .editImage, arguments.value("image") == nil {
                throw WebError.badRequest(.missingParameter, "'image' is missing.", parameter: "image")
            }
            let order = try PictureOrder(
                native: arguments, model: surroundings.model, limits: surroundings.limits)
            let presentation = order.presentation
            self = .makePictures(Parcel(order), presentation)
        } catch {
            self = .refused(error)
        }
    }
}
