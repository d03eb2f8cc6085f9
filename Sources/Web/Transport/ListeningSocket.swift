internal import NIOCore

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// A TCP socket that is bound to an address, and can be listened on later without the right to bind one.
public struct ListeningSocket: Sendable {
    /// The socket's file descriptor; whoever listens on it closes it.
    public let descriptor: CInt

    /// How many connections may wait to be accepted.
    private static let backlog: CInt = 256

    /// Binds a socket to the first address that a name stands for.
    ///
    /// - Parameters:
    ///   - host: An address, or a name for one.
    ///   - port: The port; 0 lets the system choose.
    public init(host: String, port: Int) throws(ListeningProblem) {
        guard let address = try? SocketAddress.makeAddressResolvingHost(host, port: port) else { throw .unknownHost }
        #if canImport(Glibc)
            let stream = CInt(SOCK_STREAM.rawValue)
        #else
            let stream = SOCK_STREAM
        #endif
        let descriptor = socket(address.protocol.rawValue, stream, 0)
        guard descriptor >= 0 else { throw .system(errno) }
        self.descriptor = descriptor
        var (on, off): (CInt, CInt) = (1, 0)
        let size = socklen_t(MemoryLayout<CInt>.size)
        guard fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0,
            setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, size) == 0
        else { throw closed() }
        // `::` stands for every address, those of IPv4 among them.
        if case .v6 = address { setsockopt(descriptor, CInt(IPPROTO_IPV6), IPV6_V6ONLY, &off, size) }
        let status = address.withSockAddr { pointer, length in bind(descriptor, pointer, socklen_t(length)) }
        guard status == 0 else { throw closed() }
    }

    /// Lets clients connect.
    func listen() throws(ListeningProblem) {
        #if canImport(Glibc)
            let status = Glibc.listen(descriptor, Self.backlog)
        #elseif canImport(Musl)
            let status = Musl.listen(descriptor, Self.backlog)
        #else
            let status = Darwin.listen(descriptor, Self.backlog)
        #endif
        guard status == 0 else { throw closed() }
    }

    /// Gives the socket up, and says what the last system call said.
    private func closed() -> ListeningProblem {
        let problem = ListeningProblem.system(errno)
        close(descriptor)
        return problem
    }
}

/// Why an address cannot be listened on.
public enum ListeningProblem: Error, Equatable {
    /// The name stands for no address.
    case unknownHost
    /// The system refused it, with this error of `errno.h`.
    case system(Int32)

    /// What is wrong, as the end of a sentence.
    public var explanation: String {
        switch self {
        case .unknownHost: "there is no such address"
        case .system(let error): String(cString: strerror(error))
        }
    }
}
