internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import Studio

/// `GET /v1/models` and `GET /v1/models/{id}`, as the OpenAI libraries call them.
struct ModelList: Sendable {
    let model: ModelCard
    /// When the server started; a folder does not know when its model was made.
    let created = unixTime()

    /// Every model that this server has.
    func list() -> Response {
        var body = ByteBuffer()
        body.writeStaticString(#"{"object":"list","data":["#)
        write(to: &body)
        body.writeStaticString("]}")
        return json(body)
    }

    /// One model by its id.
    func find(_ identifier: String?) throws(WebError) -> Response {
        guard identifier == model.identifier else {
            throw .modelNotFound(model.identifier)
        }
        var body = ByteBuffer()
        write(to: &body)
        return json(body)
    }

    private func write(to body: inout ByteBuffer) {
        body.writeStaticString(#"{"id":"#)
        body.writeJSONString(model.identifier)
        body.writeString(#","object":"model","created":\#(created),"owned_by":"mystarion"}"#)
    }

    private func json(_ body: ByteBuffer) -> Response {
        Response(
            status: .ok, headers: [.contentType: "application/json; charset=utf-8"],
            body: ResponseBody(byteBuffer: body))
    }
}
