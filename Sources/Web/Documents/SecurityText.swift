internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// `/.well-known/security.txt`: where weaknesses are reported (RFC 9116).
struct SecurityText: Sendable {
    let disclosure: Disclosure

    /// How long what is said holds, in days: less than the year that the standard advises.
    private static let days = 180

    /// The file, where there is somebody to write to.
    func show() throws(WebError) -> Response {
        guard let contact = disclosure.contact else {
            throw WebError(
                .notFound, .unknownURL, "Whoever runs this service has set no contact, so there is no security.txt.")
        }
        var lines = [
            "Contact: \(contact.link)",
            "Expires: \(day(ofUnixTime: unixTime() + Self.days * 86_400))T00:00:00Z",
            "Preferred-Languages: en",
        ]
        if let address = disclosure.publicAddress {
            lines.append("Canonical: \(address.appending(String(Route.securityText.rawValue.dropFirst())))")
        }
        if let source = disclosure.source { lines.append("Policy: \(policy(source))") }
        return Response(
            status: .ok, headers: [.contentType: "text/plain; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: lines.joined(separator: "\n") + "\n")))
    }

    /// Where SECURITY.md is: known of two hosts of repositories, otherwise beside the source.
    private func policy(_ source: WebAddress) -> String {
        switch source.host {
        case "github.com": source.appending("blob/HEAD/SECURITY.md")
        case "gitlab.com": source.appending("-/blob/HEAD/SECURITY.md")
        default: source.description
        }
    }
}
