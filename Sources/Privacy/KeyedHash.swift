import Crypto
import Synchronization

/// Numbers that stand for values nobody should know, such as network addresses.
///
/// A number is the first 64 bits of HMAC-SHA256 under a random key that never leaves this process. A new key replaces
/// it after a while, so that the numbers of two periods cannot be matched and cannot be turned back by trying every
/// address. For a short overlap a value has its old number too, so that what was counted against it can be moved to
/// the new one; then the old key is gone.
public final class KeyedHash: Sendable {
    /// A value's numbers.
    public struct Number: Sendable, Equatable {
        /// The number under the present key.
        public let current: UInt64

        /// The number under the key before it, while the keys overlap.
        public let previous: UInt64?
    }

    private struct Keys {
        var current = SymmetricKey(size: .bits256)
        var since: Duration
        var previous: SymmetricKey?
    }

    private let period: Duration
    private let overlap: Duration
    private let now: @Sendable () -> Duration
    private let keys: Mutex<Keys>

    /// Draws the first key.
    ///
    /// - Parameters:
    ///   - period: How long a key is used.
    ///   - overlap: How long the key before it is kept.
    ///   - now: The time on a clock that never goes back.
    public init(
        period: Duration = .seconds(3_600), overlap: Duration = .seconds(600),
        now: @escaping @Sendable () -> Duration = monotonicTime
    ) {
        self.period = period
        self.overlap = overlap
        self.now = now
        keys = Mutex(Keys(since: now()))
    }

    /// The numbers of a value.
    public func number(of value: [UInt8]) -> Number {
        let (current, previous) = keys.withLock { keys in
            renew(&keys)
            return (keys.current, keys.previous)
        }
        return Number(current: hash(value, current), previous: previous.map { hash(value, $0) })
    }

    /// Replaces or erases the keys whose time is over. To be called every few seconds, so that none is kept only because
    /// no number is asked for.
    public func renew() { keys.withLock { renew(&$0) } }

    private func renew(_ keys: inout Keys) {
        let age = now() - keys.since
        if age >= period {
            // After a quiet time the key has been out of use for longer than the overlap.
            keys.previous = age < period + overlap ? keys.current : nil
            keys.current = SymmetricKey(size: .bits256)
            keys.since = now()
        } else if age >= overlap {
            keys.previous = nil
        }
    }

    private func hash(_ value: [UInt8], _ key: SymmetricKey) -> UInt64 {
        HMAC<SHA256>.authenticationCode(for: value, using: key).prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }
}

private let processStart = ContinuousClock.now

/// The time since about the start of the process, on a clock that never goes back.
@Sendable public func monotonicTime() -> Duration { ContinuousClock.now - processStart }
