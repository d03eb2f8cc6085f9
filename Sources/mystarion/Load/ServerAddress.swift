import ArgumentParser
import Foundation

/// Where a server is: `http://127.0.0.1:8080`.
struct ServerAddress: ExpressibleByArgument, Sendable {
    let host: String
    let port: Int
    /// Whether it speaks TLS.
    let isSecure: Bool

    /// Whether it is on this machine, as far as its name says.
    var isLoopback: Bool { ["127.0.0.1", "::1", "localhost"].contains(host) }

    /// The host and port as the `Host` field names them.
    var authority: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    init?(argument: String) {
        guard let components = URLComponents(string: argument), ["http", "https"].contains(components.scheme),
            let host = components.host, !host.isEmpty, ["", "/"].contains(components.path), components.query == nil
        else { return nil }
        guard (1...65_535).contains(components.port ?? 80) else { return nil }
        self.host = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        isSecure = components.scheme == "https"
        port = components.port ?? (isSecure ? 443 : 80)
    }
}
