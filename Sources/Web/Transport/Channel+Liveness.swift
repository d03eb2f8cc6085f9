internal import NIOCore

extension Channel {
    /// Lets the kernel end the connection when the other end is gone, or takes nothing of what is sent to it for as long
    /// as the limit (Linux, tcp(7): `TCP_USER_TIMEOUT`). Whoever reads slowly takes something.
    ///
    /// Kernels that are not Linux but say so may know no such option; then the server's own limits have to do.
    func endWhenDeaf(for limit: Duration) -> EventLoopFuture<Void> {
        #if os(Linux)
            let milliseconds = Int(limit / .milliseconds(1))
            let options: [(level: NIOBSDSocket.OptionLevel, name: CInt, value: Int)] = [
                (.socket, 9, 1),  // SO_KEEPALIVE
                (.tcp, 4, 60),  // TCP_KEEPIDLE: ask after a minute of silence
                (.tcp, 5, 30),  // TCP_KEEPINTVL: and every half minute from then on
                (.tcp, 18, milliseconds),  // TCP_USER_TIMEOUT
            ]
            return .andAllSucceed(
                options.map { option in
                    let name = NIOBSDSocket.Option(rawValue: option.name)
                    return setOption(
                        ChannelOptions.Types.SocketOption(level: option.level, name: name), value: option.value)
                }, on: eventLoop
            ).flatMapErrorThrowing { _ in }
        #else
            return setOption(.socketOption(.so_keepalive), value: 1)
        #endif
    }
}
