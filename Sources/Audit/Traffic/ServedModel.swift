import Foundation

/// What the server says of its model, as far as the audit needs it.
struct ServedModel: Sendable {
    let identifier: String
    /// The size at which the model draws.
    let width: Int
    let height: Int

    /// Whether pictures can be cut out of their ground.
    let cutsOut: Bool

    /// Asks the server; nil when it does not answer as Mystarion does.
    init?(of server: ServerLocation) {
        let answer = HTTPAnswer.to(HTTPMessage(method: "GET", path: "/api/model"), from: server)
        guard answer.status == 200,
            let object = try? JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any]
        else { return nil }
        let size = object["native"] as? [String: Any] ?? object["defaults"] as? [String: Any] ?? object
        guard let identifier = (object["id"] ?? object["identifier"]) as? String,
            let width = size["width"] as? Int, let height = size["height"] as? Int
        else { return nil }
        self.identifier = identifier
        cutsOut = (object["backgrounds"] as? [String])?.contains("transparent") ?? false
        // A small picture is as good a canary as a large one, and is made sooner.
        self.width = min(width, 256)
        self.height = min(height, 256)
    }
}
