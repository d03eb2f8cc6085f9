/// Every interface for pictures, and every way that a request can end.
struct ExchangePlan {
    let model: ServedModel
    private(set) var exchanges: [Exchange] = []
    private let isAlone: Bool

    /// Plans one round of requests, each with a canary of its own.
    ///
    /// - Parameter isAlone: Whether pictures that are to be worked out exactly will share their passes with no other.
    init(for model: ServedModel, isAlone: Bool = true) {
        self.model = model
        self.isAlone = isAlone
        planNative()
        planForm()
        planGenerations()
        planEdits()
        planA1111()
        planEnlarging()
        planTools()
        planElsewhere()
    }

    /// Those whose clients read the answer and stay.
    var answered: [Exchange] {
        exchanges.filter { exchange in
            if case .reads = exchange.client { return true }
            return false
        }
    }

    // MARK: The page's own interface

    private mutating func planNative() {
        let (api, path, size) = ("/api/pictures", "/api/pictures", size)
        add(api, .streamed, replay: ReplaySettings(width: model.width, height: model.height, steps: 2)) { canary in
            .json(path, canary, [("previews", "\"every_step\""), size])
        }
        add(api, .completed, marker: "event: done") { canary in
            .json(
                path, canary,
                [("negative_prompt", JSONText.string("\(canary.words[1]) blur")), ("guidance_scale", "3")])
        }
        // Words of another language, which a model may be told in its own, and a picture cut out of its ground.
        add(api, .completed, marker: "event: done") { [model] canary in
            .json(
                path, canary, model.cutsOut ? [("background", "\"transparent\""), ("format", "\"webp\"")] : [],
                prompt: "\(canary.prompt), ein roter Apfel")
        }
        let (picture, mask) = (sentPicture(), SentPicture(width: model.width, height: model.height, channels: 1))
        add(api, .completed, sent: picture.patterns + mask.patterns, marker: "event: done") { canary in
            .json(
                path, canary,
                [
                    ("image", "\"\(picture.base64)\""), ("mask", "\"\(mask.base64)\""), ("strength", "0.9"),
                    ("mask_blur", "0"), ("previews", "2"),
                ])
        }
        add(api, .refused, statuses: [400]) { .json(path, $0, [], prompt: "\($0.prompt), gore") }
        add(api, .refused, statuses: [400]) { .json(path, $0, [("steps", "100000")]) }
        add(api, .malformed, statuses: [400]) { canary in
            var message = HTTPMessage.json(path, canary, [])
            message.body.removeLast()
            return message
        }
        add(api, .malformed, statuses: [400]) { canary in
            let noise = (0..<900).map { _ in UInt8.random(in: 0...255) }
            return HTTPMessage.json(path, canary, [("image", "\"\(Base64Text.encode(noise))\"")])
        }
        add(api, .tooLarge, statuses: [400, 413]) { .json(path, $0, [], prompt: Self.tooLong($0)) }
        add(api, .refused, statuses: [400]) { canary in
            .json(
                path, canary, [("prompt_syntax", "\"weighted\"")],
                prompt: Self.overflowing(canary))
        }
        // The engine has begun with the prompt when it finds that the text encoder has not so many layers.
        add(api, .failed, marker: "event: error") { .json(path, $0, [("clip_skip", "11")]) }
        add(api, .timedOut, marker: "event: error") {
            .json(path, $0, [("time_limit", "1"), ("n", "10")], steps: 150)
        }
        add(api, .vanished, client: .leaves) {
            .json(path, $0, [("n", "4"), ("previews", "\"every_step\"")], steps: 60)
        }
        add(api, .vanishedEarly, client: .leavesEarly) { .json(path, $0, []) }
    }

    // MARK: The page without scripts

    private mutating func planForm() {
        func form(_ canary: Canary, _ more: String = "&steps=2") -> HTTPMessage {
            let words = canary.words.joined(separator: "+")
            let percent = canary.ideographs.utf8.map { "%" + String($0, radix: 16, uppercase: true) }.joined()
            return HTTPMessage(
                path: "/", contentType: "application/x-www-form-urlencoded",
                body: Array("prompt=\(words)+\(percent)+red+heart&seed=\(canary.seed)\(more)".utf8))
        }
        add("/", .completed, marker: "base64") { form($0) }
        add("/", .refused, statuses: [400]) {
            form($0, "+gore&steps=2".replacing("+gore", with: "&size=\($0.words[0])"))
        }
        add("/", .malformed, statuses: [400]) { form($0, "&steps=%ZZ\($0.words[1])") }
        add("/", .vanished, client: .leaves) { form($0, "&n=4&steps=60") }
        add("/", .vanishedEarly, client: .leavesEarly) { form($0) }
    }

    // MARK: OpenAI's

    private mutating func planGenerations() {
        let (path, size) = ("/v1/images/generations", size)
        let replay = ReplaySettings(width: model.width, height: model.height, steps: 2)
        add(path, .completed, replay: replay) { canary in
            var message = HTTPMessage.json(path, canary, [("user", "\"\(canary.words[1])\""), size], isEscaped: true)
            message.fields.append("Authorization: Bearer \(canary.words.joined())")
            return message
        }
        add(path, .completed, marker: "data:") { .json(path, $0, [("response_format", "\"url\""), ("n", "2")]) }
        add(path, .completed, marker: "b64_json") {
            .json(path, $0, [("output_format", "\"webp\""), ("output_compression", "60")])
        }
        add(path, .streamed, marker: "image_generation.completed") {
            .json(path, $0, [("stream", "true"), ("partial_images", "2")])
        }
        add(path, .refused, statuses: [400]) { .json(path, $0, [], prompt: "gore, \($0.prompt)") }
        add(path, .refused, statuses: [400]) { .json(path, $0, [("size", JSONText.string($0.words[0]))]) }
        // The name of a parameter that is not known is told, but not where it may be anything else.
        add(path, .malformed, statuses: [400]) { .json(path, $0, [($0.words.joined(separator: " "), "1")]) }
        add(path, .tooLarge, statuses: [400, 413]) { .json(path, $0, [], prompt: Self.tooLong($0)) }
        add(path, .vanished, client: .leaves) { .json(path, $0, [("n", "4")], steps: 60) }
        add(path, .vanishedEarly, client: .leavesEarly) { .json(path, $0, []) }
    }

    private mutating func planEdits() {
        let path = "/v1/images/edits"
        let (picture, mask) = (sentPicture(), SentPicture(width: model.width, height: model.height, channels: 4))
        add(path, .completed, sent: picture.patterns + mask.patterns, marker: "b64_json") { canary in
            .multipart(path, canary, [("image", picture.file), ("mask", mask.file)])
        }
        let streamed = sentPicture()
        add(path, .streamed, sent: streamed.patterns, marker: "image_edit.completed") { canary in
            .multipart(path, canary, [("image", streamed.file)], [("stream", "true"), ("partial_images", "1")])
        }
        let referred = sentPicture()
        add(path, .completed, sent: referred.patterns, marker: "b64_json") { canary in
            .json(path, canary, [("images", "[{\"image_url\":\"data:image/png;base64,\(referred.base64)\"}]")])
        }
        let cut = sentPicture()
        add(path, .malformed, statuses: [400], sent: cut.patterns) { canary in
            var message = HTTPMessage.multipart(path, canary, [("image", cut.file)])
            message.body.removeLast(40)
            return message
        }
        add(path, .malformed, statuses: [400], sent: cut.patterns) { canary in
            .multipart(path, canary, [("image", Array(cut.file.prefix(cut.file.count / 2)))])
        }
        let refused = sentPicture()
        add(path, .refused, statuses: [400], sent: refused.patterns) { canary in
            .multipart(path, canary, [("image", refused.file)], [("steps", "100000")])
        }
        let left = sentPicture()
        add(path, .vanishedEarly, client: .leavesEarly, sent: left.patterns) { canary in
            .multipart(path, canary, [("image", left.file)])
        }
        add(path, .vanished, client: .leaves, sent: left.patterns) { canary in
            .multipart(path, canary, [("image", left.file)], [("n", "4")], steps: 60)
        }
        let varied = sentPicture()
        add("/v1/images/variations", .completed, sent: varied.patterns, marker: "b64_json") { canary in
            .multipart(
                "/v1/images/variations", canary, [("image", varied.file)], [("user", canary.words[0])], hasPrompt: false
            )
        }
        add("/v1/images/variations", .refused, statuses: [400], sent: varied.patterns) { canary in
            .multipart(
                "/v1/images/variations", canary, [("image", varied.file)], [(canary.words.joined(separator: " "), "1")],
                hasPrompt: false)
        }
    }

    // MARK: A1111's

    private mutating func planA1111() {
        let path = "/sdapi/v1/txt2img"
        let replay = ReplaySettings(width: model.width, height: model.height, steps: 2)
        let sides = [("width", "\(model.width)"), ("height", "\(model.height)")]
        add(path, .completed, replay: replay) { .json(path, $0, sides) }
        add(path, .completed, marker: "images") {
            .json(
                path, $0,
                [("embed_parameters", "true"), ("batch_size", "2"), ("negative_prompt", JSONText.string($0.words[1]))])
        }
        add(path, .refused, statuses: [400, 422]) { .json(path, $0, [], prompt: "\($0.prompt) gore") }
        add(path, .malformed, statuses: [400, 422]) { .json(path, $0, [("width", JSONText.string($0.words[0]))]) }
        add(path, .vanished, client: .leaves) { .json(path, $0, [("batch_size", "4")], steps: 60) }
        let task = Canary("").words.joined()
        add(path, .interrupted, client: .interrupts(task: task)) {
            .json(path, $0, [("force_task_id", "\"\(task)\""), ("batch_size", "10")], steps: 150)
        }
        let (picture, mask) = (sentPicture(), SentPicture(width: model.width, height: model.height, channels: 1))
        let second = "/sdapi/v1/img2img"
        let (width, height) = (model.width, model.height)
        add(second, .completed, sent: picture.patterns + mask.patterns, marker: "images") { canary in
            .json(
                second, canary,
                [
                    ("init_images", "[\"\(picture.base64)\"]"), ("mask", "\"\(mask.base64)\""), ("mask_blur", "0"),
                    ("denoising_strength", "0.9"), ("width", "\(width)"), ("height", "\(height)"),
                ])
        }
        let refused = sentPicture()
        add(second, .refused, statuses: [400, 404, 422], sent: refused.patterns) { canary in
            .json(second, canary, [("init_images", "[\"\(refused.base64)\"]"), ("tiling", "true")])
        }
        let read = sentPicture()
        let third = "/sdapi/v1/png-info"
        add(third, .completed, sent: read.patterns) { canary in
            .json(third, canary, [("image", "\"\(read.base64)\"")])
        }
    }

    // MARK: Enlarging

    private mutating func planEnlarging() {
        let (api, extras) = ("/api/upscale", "/sdapi/v1/extra-single-image")
        let (opaque, transparent) = (
            SentPicture(width: 96, height: 96, channels: 3), SentPicture(width: 90, height: 70, channels: 4)
        )
        add(api, .completed, sent: opaque.patterns, marker: "event: done") { _ in
            HTTPMessage(path: api, body: JSONText.object([("image", "\"\(opaque.base64)\""), ("scale", "2")]))
        }
        add(api, .completed, sent: transparent.patterns, marker: "event: done") { _ in
            HTTPMessage(path: api, body: JSONText.object([("image", "\"\(transparent.base64)\""), ("scale", "3")]))
        }
        add(api, .refused, statuses: [400], sent: opaque.patterns) { canary in
            .json(api, canary, [("image", "\"\(opaque.base64)\"")])
        }
        let large = SentPicture(width: 500, height: 500, channels: 3)
        add(api, .vanished, client: .leaves) { _ in
            HTTPMessage(path: api, body: JSONText.object([("image", "\"\(large.base64)\""), ("scale", "4")]))
        }
        let extra = SentPicture(width: 80, height: 80, channels: 3)
        add(extras, .completed, sent: extra.patterns, marker: "html_info") { canary in
            .json(
                extras, canary,
                [
                    ("image", "\"\(extra.base64)\""), ("upscaler_1", "\"realesr-animevideov3\""),
                    ("upscaler_2", "\"Lanczos\""), ("extras_upscaler_2_visibility", "0.5"),
                ])
        }
        let tool = SentPicture(width: 64, height: 64, channels: 3)
        add("/mcp", .refused, sent: tool.patterns, marker: "\"isError\":true") {
            .tool("enlarge_image", $0, [("image", "\"\(tool.base64)\"")])
        }
    }

    // MARK: Tools for language models

    private mutating func planTools() {
        let (path, tool, size) = ("/mcp", "generate_image", size)
        add(path, .completed, replay: ReplaySettings(width: model.width, height: model.height, steps: 2)) {
            .tool(tool, $0, [size])
        }
        add(path, .streamed, marker: "notifications/progress") { .tool(tool, $0, tellsProgress: true) }
        let picture = sentPicture()
        add(path, .completed, sent: picture.patterns, marker: "\"isError\":false") {
            .tool("edit_image", $0, [("image", "\"\(picture.base64)\""), ("strength", "0.9")])
        }
        add(path, .refused, marker: "\"isError\":true") { .tool(tool, $0, prompt: "\($0.prompt), gore") }
        add(path, .refused, marker: "\"isError\":true") { .tool(tool, $0, [($0.words[0], "1")]) }
        add(path, .refused, marker: "-32602") { .tool($0.words.joined(), $0) }
        add(path, .malformed, statuses: [400]) { canary in
            var message = HTTPMessage.tool(tool, canary)
            message.body.removeLast()
            return message
        }
        add(path, .vanished, client: .leaves) { .tool(tool, $0, [("n", "4")], steps: 60, tellsProgress: true) }
        add(path, .vanished, client: .leaves) { .tool(tool, $0, [("n", "4")], steps: 60) }
        add(path, .vanishedEarly, client: .leavesEarly) { .tool(tool, $0) }
    }

    // MARK: Where nothing is

    private mutating func planElsewhere() {
        add("an address that is not there", .refused, statuses: [404]) { canary in
            HTTPMessage(method: "GET", path: "/\(canary.words[0])?prompt=\(canary.words[1])&seed=\(canary.seed)")
        }
        add("an address that is not there", .refused, statuses: [404]) { canary in
            HTTPMessage.json("/\(canary.words.joined())", canary, [])
        }
        add("a model that is not there", .refused, statuses: [404]) { canary in
            HTTPMessage(method: "GET", path: "/v1/models/\(canary.words.joined())")
        }
        // A server with a certificate may be reached under any name.
        add("a host that it does not serve", .refused, statuses: [200, 421]) { canary in
            HTTPMessage(method: "GET", path: "/", fields: ["Host: \(canary.words[0]).\(canary.words[1])"])
        }
        add("another site", .refused, statuses: [403]) { canary in
            var message = HTTPMessage.json("/api/pictures", canary, [])
            message.fields = ["Origin: https://\(canary.words.joined()).example", "Sec-Fetch-Site: cross-site"]
            return message
        }
        add("a method that it does not know", .refused, statuses: [404, 405]) { canary in
            HTTPMessage(path: "/metrics?\(canary.words.joined())", body: Array(canary.prompt.utf8))
        }
        for method in ["GET", "HEAD"] {
            add("a query", .completed) { canary in
                HTTPMessage(method: method, path: "/?prompt=\(canary.words.joined())&seed=\(canary.seed)")
            }
        }
        add("a progress question", .completed) { canary in
            HTTPMessage(method: "GET", path: "/sdapi/v1/progress?force_task_id=\(canary.words.joined())")
        }
        for (address, fields) in [("interrupt", false), ("skip", true)] {
            add("an \(address) of a task", .completed) { canary in
                let task = canary.words.joined()
                return HTTPMessage(
                    path: "/sdapi/v1/\(address)" + (fields ? "?force_task_id=\(task)" : ""),
                    body: fields ? [] : JSONText.object([("force_task_id", "\"\(task)\"")]))
            }
        }
    }

    // MARK: Writing requests

    private mutating func add(
        _ api: String, _ ending: Exchange.Ending, client: Exchange.Client = .reads, statuses: Set<Int> = [200],
        sent: [(CanaryForm, [UInt8])] = [], marker: String = "", replay: ReplaySettings? = nil,
        _ message: (Canary) -> HTTPMessage
    ) {
        let canary = Canary("\(api), \(ending.rawValue), \(exchanges.count + 1)")
        var exchange = Exchange(api: api, ending: ending, canary: canary, message: message(canary), client: client)
        exchange.statuses = statuses
        exchange.sent = sent
        exchange.marker = marker
        exchange.replay = replay
        exchange.replay?.isCompared = isAlone
        // Both words together, so that they are long enough to be found where HTTP/2 has compressed them.
        let words = canary.words.joined()
        exchange.message.fields += [
            "User-Agent: \(words)", "Cookie: theme=\(words); seed=\(canary.seed)",
            "Referer: https://example.org/?\(words)",
            "X-\(words): \(words)",
        ]
        exchanges.append(exchange)
    }

    /// The size at which the model draws, so that nothing is enlarged.
    private var size: (String, String) { ("size", "\"\(model.width)x\(model.height)\"") }

    private func sentPicture() -> SentPicture { SentPicture(width: model.width, height: model.height, channels: 3) }

    /// A prompt that weighs so much that the model's numbers would leave their range.
    private static func overflowing(_ canary: Canary) -> String {
        String(repeating: "(", count: 8) + canary.words[0] + String(repeating: ":9999999)", count: 8) + canary.words[1]
    }

    /// More than the largest body that a prompt may come in.
    private static func tooLong(_ canary: Canary) -> String {
        String(repeating: canary.prompt + " ", count: 1_300_000 / canary.prompt.utf8.count)
    }
}
