internal import Hummingbird
internal import NIOCore

/// What the server knows of a request beside the request: where it came from, as long as it takes to forget it, and
/// how much whoever asks may ask for.
struct WebRequestContext: RequestContext, RemoteAddressRequestContext {
    var coreContext: CoreRequestContextStorage

    /// The other end of the connection.
    let remoteAddress: SocketAddress?

    /// Who asks, and what they may ask for.
    var admission = Admission.unlimited

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        remoteAddress = source.channel.remoteAddress
    }
}
