internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

extension Response {
    /// An answer of a JSON document.
    init(json: ByteBuffer) {
        self.init(
            status: .ok, headers: [.contentType: "application/json; charset=utf-8"],
            body: ResponseBody(byteBuffer: json))
    }
}
