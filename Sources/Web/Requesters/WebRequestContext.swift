internal import Hummingbird
internal import NIOCore

/// What the server knows of a request beside the request: the connection or stream that it came on, and how much its
/// sender may ask for.
struct WebRequestContext: RequestContext {
    var coreContext: CoreRequestContextStorage

    /// The connection, or the stream of HTTP/2, that the request came on.
    let channel: any Channel

    /// Who asks, and what they may ask for.
    var admission = Admission()

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }
}
