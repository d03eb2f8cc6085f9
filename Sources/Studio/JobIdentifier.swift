internal import Crypto

/// A name that a caller gave to a request, to watch and stop it by; whoever knows it may.
///
/// Only a hash of the name is kept, under a key that is drawn when the program starts and never leaves its memory.
public struct JobIdentifier: Hashable, Sendable {
    private static let key = SymmetricKey(size: .bits256)

    private let digest: [UInt8]

    /// Makes an identifier of a name, which should be long enough that nobody guesses it.
    public init(_ name: String) {
        var authentication = HMAC<SHA256>(key: Self.key)
        var name = name
        name.withUTF8 { authentication.update(data: UnsafeRawBufferPointer($0)) }
        digest = Array(authentication.finalize())
    }

    /// Makes an identifier of a name's UTF-8.
    public init(utf8: Span<UInt8>) {
        var authentication = HMAC<SHA256>(key: Self.key)
        utf8.withUnsafeBytes { authentication.update(data: $0) }
        digest = Array(authentication.finalize())
    }
}
