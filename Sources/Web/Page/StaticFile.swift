internal import CZlib
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// A file that is the same for every visitor, compressed once for those whose client takes it so.
///
/// Only such files are compressed: the size of a compressed answer tells of what is in it, so nothing that holds words
/// or pictures of a visitor may be (Gluck, Harris, Prado, "BREACH: Reviving the CRIME Attack", 2013).
struct StaticFile: Sendable {
    private let fields: HTTPFields
    private let plain: ByteBuffer
    /// The file in gzip; nil when it would not be smaller.
    private let compressed: ByteBuffer?

    /// Makes a file ready to be served.
    ///
    /// - Parameters:
    ///   - bytes: What is in it.
    ///   - fields: What an answer with it says besides its coding; its type among them.
    init(_ bytes: [UInt8], _ fields: HTTPFields) {
        var fields = fields
        fields.vary(on: "Accept-Encoding")
        self.fields = fields
        plain = ByteBuffer(bytes: bytes)
        compressed = Self.compressed(bytes).map { ByteBuffer(bytes: $0) }
    }

    /// Makes a file of a type ready to be served.
    init(_ bytes: [UInt8], type: String) { self.init(bytes, [.contentType: type]) }

    /// The answer to a request for it.
    func response(to request: Request) -> Response {
        var fields = fields
        guard let compressed, ContentCoding.acceptsGzip(request.headers[values: .acceptEncoding]) else {
            return Response(status: .ok, headers: fields, body: ResponseBody(byteBuffer: plain))
        }
        fields[.contentEncoding] = "gzip"
        return Response(status: .ok, headers: fields, body: ResponseBody(byteBuffer: compressed))
    }

    private static func compressed(_ bytes: [UInt8]) -> [UInt8]? {
        let smaller = [UInt8](unsafeUninitializedCapacity: bytes.count) { target, count in
            count = bytes.withUnsafeBufferPointer { source in
                zlib_shim_gzip(source.baseAddress, source.count, target.baseAddress, bytes.count)
            }
        }
        return smaller.isEmpty ? nil : smaller
    }
}
