import ArgumentParser
import Foundation

/// Where a server to be measured is: `http://127.0.0.1:8080`.
struct ServerAddress: ExpressibleByArgument, Sendable {
    let host: String
    let port: Int

    /// The host and port as the `Host` field names them.
    var authority: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    init?(argument: String) {
        guard let components = URLComponents(string: argument), components.scheme == "http",
            let host = components.host, !host.isEmpty, ["", "/"].contains(components.path), components.query == nil
        else { return nil }
        guard (1...65_535).contains(components.port ?? 80) else { return nil }
        self.host = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        port = components.port ?? 80
    }
}
