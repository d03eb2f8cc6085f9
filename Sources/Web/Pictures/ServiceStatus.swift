internal import Hummingbird
internal import NIOCore
internal import Studio

/// `GET /api/status`: how busy the service is, and nothing about whom it is busy for.
struct ServiceStatus: Sendable {
    let studio: Studio

    /// The status of this moment as JSON.
    func show() -> Response {
        let load = studio.load
        let text = #"{"accepting":\#(studio.isAccepting),"waiting":\#(load.waiting),"running":\#(load.running)}"#
        return Response(json: ByteBuffer(string: text + "\n"))
    }
}
