import Foundation
import HTTPTypes
import Imaging
import Testing

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// An answer whose body was read.
struct Answer: Sendable {
    let status: Int
    let headers: HTTPFields
    let text: String

    init(_ response: HTTPURLResponse, body: Data) {
        var headers: HTTPFields = [:]
        for (name, value) in response.allHeaderFields {
            guard let name = HTTPField.Name("\(name)") else { continue }
            headers[name] = "\(value)"
        }
        status = response.statusCode
        self.headers = headers
        text = String(decoding: body, as: UTF8.self)
    }

    /// The body as a JSON object.
    func json() throws -> [String: Any] {
        let object = try JSONSerialization.jsonObject(with: Data(text.utf8))
        return try #require(object as? [String: Any])
    }

    /// The body's `error` object.
    func error() throws -> [String: Any] {
        try #require(try json()["error"] as? [String: Any])
    }

    /// The body's server-sent events, comments left out.
    func events() throws -> [(name: String, data: [String: Any])] {
        try text.components(separatedBy: "\n\n").filter { !$0.isEmpty && !$0.hasPrefix(":") }.map { block in
            let lines = block.components(separatedBy: "\n")
            try #require(lines.count == 2 && lines[0].hasPrefix("event: ") && lines[1].hasPrefix("data: "))
            let object = try JSONSerialization.jsonObject(with: Data(lines[1].dropFirst("data: ".count).utf8))
            return (String(lines[0].dropFirst("event: ".count)), try #require(object as? [String: Any]))
        }
    }
}

/// The first picture of an answer as the OpenAI API gives it, whether as Base64 or as an address.
func decodedPicture(_ answer: Answer) throws -> PixelBuffer {
    let first = try #require((try answer.json()["data"] as? [[String: Any]])?.first, "\(answer.text.prefix(300))")
    let address = first["url"] as? String
    let text = try #require(first["b64_json"] as? String ?? address?.split(separator: ",").last.map { String($0) })
    return try ImageDecoder.decode(Array(try #require(Data(base64Encoded: text))))
}
