internal import CNIOBoringSSL
internal import NIOSSL

extension NIOSSLContext {
    /// Makes every connection begin with a handshake of its own: no session tickets, no sessions kept by their number.
    ///
    /// A ticket lets networks and servers recognise a client that comes back, and in TLS 1.2 the key that tickets are
    /// encrypted with could decrypt what was recorded. The library has no switch for it, and hides the handle of its own
    /// library, which does; so the handle is looked up by reflection, right after the context was made and before
    /// anybody else has it. Where it cannot be found, the context must not be used.
    func refuseResumption() throws(CertificateProblem) {
        guard let value = Mirror(reflecting: self).children.first(where: { $0.label == "sslContext" })?.value,
            let handle = value as? OpaquePointer
        else { throw .resumable }
        SSL_CTX_set_options(handle, UInt32(SSL_OP_NO_TICKET))
        SSL_CTX_set_session_cache_mode(handle, SSL_SESS_CACHE_OFF)
    }
}
