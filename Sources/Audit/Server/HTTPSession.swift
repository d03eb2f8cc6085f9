/// A connection that stays open from request to request, as browsers keep theirs.
protocol HTTPSession: AnyObject, Sendable {
    /// Sends a request and reads its answer; status 0 when there is none.
    func ask(_ message: HTTPMessage) -> HTTPAnswer

    /// Whether the connection is still good for another request, as far as this side has been told.
    var isOpen: Bool { get }

    /// Ends the connection.
    func close()
}
