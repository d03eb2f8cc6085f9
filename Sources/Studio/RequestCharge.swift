/// What a request costs whoever sent it, apart from time: a limit over many requests that the studio need not know.
public protocol RequestCharge: Sendable {
    /// Charges a request that has been checked and that there is room for.
    ///
    /// - Parameters:
    ///   - steps: Pixels times steps, of all pictures.
    ///   - images: The work on images that are sent or kept, in the same unit; it is not given back.
    /// - Returns: Nil when it is charged; else the seconds after which to ask again.
    func take(steps: Int, images: Int) -> Int?

    /// Gives back the part of the steps that was charged for nothing; called once at the most.
    ///
    /// - Parameters:
    ///   - part: How much of the steps was not done, from 0 to 1.
    ///   - wasBegun: Whether any of it was.
    func refund(part: Double, wasBegun: Bool)
}
