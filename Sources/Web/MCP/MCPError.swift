/// Why a message got no result, as JSON-RPC has it. No text of the message is in it.
package struct MCPError: Error, Equatable {
    /// The kinds of mistakes of JSON-RPC, and those that the protocol adds.
    enum Code: Int {
        case notJSON = -32700
        case invalidRequest = -32600
        case unknownMethod = -32601
        case invalidParameters = -32602
        case failed = -32603
        case headersDiffer = -32020
        case unsupportedVersion = -32022
    }

    let code: Code
    let message: String
    /// The revision that was asked for, if that is the mistake.
    var requestedVersion: String?

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// A revision that is not spoken; what was asked for is repeated if it looks like one.
    static func unsupportedVersion(_ requested: String) -> MCPError {
        let known = MCPVersion.allCases.map(\.rawValue).joined(separator: ", ")
        var error = MCPError(
            .unsupportedVersion, "This revision of the protocol is not spoken here. Known are: \(known).")
        let isDate = requested.count == 10 && requested.utf8.allSatisfy { $0 == 0x2D || (0x30...0x39).contains($0) }
        error.requestedVersion = isDate ? requested : ""
        return error
    }

    /// The error's members.
    var json: JSONText {
        var members: [(String, JSONText)] = [("code", .number(code.rawValue)), ("message", .text(message))]
        if let requestedVersion {
            let supported = MCPVersion.allCases.map { JSONText.text($0.rawValue) }
            members.append(
                ("data", .object([("supported", .list(supported)), ("requested", .text(requestedVersion))])))
        }
        return .object(members.map { (name: $0.0, value: $0.1) })
    }
}
