internal import HTTPTypes
internal import Hummingbird

/// Answers only addresses that are written exactly as routes are: no empty segments, no slash at the end.
///
/// The router leaves empty segments out, so that `//metrics` and `/metrics/` would be `/metrics`, past a proxy whose
/// rules are about that one.
struct ExactPaths<Router: HTTPResponder>: HTTPResponder {
    /// What answers exact addresses.
    let router: Router

    /// What answers all others.
    let unknown: any HTTPResponder<Router.Context>

    func respond(to request: Request, context: Router.Context) async throws -> Response {
        let responder: any HTTPResponder<Router.Context> = isExactTarget(request.head.path ?? "") ? router : unknown
        return try await responder.respond(to: request, context: context)
    }
}

/// Whether a request's target is a path in the one way of writing it, with or without a query.
package func isExactTarget(_ target: String) -> Bool {
    let path = target.utf8.prefix { $0 != 0x3F }
    guard path.first == 0x2F, path.allSatisfy({ (0x21...0x7E).contains($0) && $0 != 0x23 && $0 != 0x5C }) else {
        return false
    }
    return path.count == 1
        || path.dropFirst().split(separator: 0x2F, omittingEmptySubsequences: false).allSatisfy { !$0.isEmpty }
}
