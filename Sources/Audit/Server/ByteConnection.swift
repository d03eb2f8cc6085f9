/// A connection that blocks, sends any bytes, and can be left at any moment.
protocol ByteConnection: AnyObject, Sendable {
    /// Sends bytes; false when the other side is known not to take them.
    @discardableResult func send(_ bytes: [UInt8]) -> Bool

    /// The next bytes; none when the other side is done or took too long.
    func receive() -> [UInt8]

    /// Ends the connection.
    func close()
}

extension ByteConnection {
    /// Everything until the other side is done, up to 64 MiB.
    func receiveAll() -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < 64 << 20 {
            let piece = receive()
            guard !piece.isEmpty else { break }
            bytes += piece
        }
        return bytes
    }
}

/// A connection that could not be opened, or whose other side speaks another protocol.
struct Unreachable: Error {}
