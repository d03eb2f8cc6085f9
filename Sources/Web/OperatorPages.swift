internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import Studio
internal import Telemetry

/// What operators and their programs ask: `/readyz` and `/metrics`.
struct OperatorPages: Sendable {
    let studio: Studio
    let metrics: ServiceMetrics
    let readiness: Readiness
    let servesMetrics: Bool

    /// `ready` with 200, or one word with 503 that says why not.
    func ready() -> Response {
        let obstacle = readiness.obstacle(in: studio)
        var headers: HTTPFields = [.contentType: "text/plain; charset=utf-8"]
        if obstacle != nil { headers[.retryAfter] = "10" }
        return Response(
            status: obstacle == nil ? .ok : .serviceUnavailable, headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(string: "\(obstacle?.rawValue ?? "ready")\n")))
    }

    /// All metrics, in the text format of Prometheus.
    func numbers() throws(WebError) -> Response {
        guard servesMetrics else { throw .unknownURL }
        let exposition = metrics.exposition(load: studio.load, isReady: readiness.obstacle(in: studio) == nil)
        return Response(
            status: .ok, headers: [.contentType: Exposition.mediaType],
            body: ResponseBody(byteBuffer: ByteBuffer(string: exposition.text)))
    }
}
