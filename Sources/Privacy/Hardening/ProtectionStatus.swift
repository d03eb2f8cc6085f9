/// Whether a protection is in force.
public struct ProtectionStatus: Sendable, Equatable {
    /// How it stands.
    public enum State: Sendable, Equatable {
        /// It is in force; the text says how, where there is something to say.
        case inForce(String?)
        /// It is not, because the operator said that it need not be.
        case waived
        /// It is not, for this reason.
        case failed(String)
    }

    /// The protection.
    public let protection: Protection

    /// How it stands.
    public let state: State

    /// Says how a protection stands.
    package init(protection: Protection, state: State) {
        self.protection = protection
        self.state = state
    }

    /// Whether it is in force.
    public var isInForce: Bool {
        if case .inForce = state { true } else { false }
    }
}
