#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Memory of a fixed size for what must not outlive its use: it is overwritten with zeros before it is freed.
///
/// There is one owner and no copy. The overwriting is a call that the compiler must not remove, unlike a plain
/// store to memory about to be freed.
///
/// Safe to send: the memory has this value as its only owner, is read through a borrow and written through an
/// exclusive one.
public struct SecretBytes: ~Copyable, @unchecked Sendable {
    /// The number of bytes.
    public let count: Int

    private let memory: UnsafeMutablePointer<UInt8>
    private let whenErased: (@Sendable (UnsafeBufferPointer<UInt8>) -> Void)?
    /// An object that lives as long as the memory.
    private let companion: (any AnyObject & Sendable)?

    /// Makes `count` bytes of zero.
    public init(count: Int) { self.init(count: count, whenErased: nil) }

    /// Makes a copy of `bytes`.
    public init(_ bytes: some Collection<UInt8>) {
        self.init(bytes, whenErased: nil)
    }

    /// Makes a copy of `bytes`.
    public init(copying bytes: Span<UInt8>) {
        self.init(count: bytes.count)
        for index in bytes.indices { memory[index] = bytes[index] }
    }

    /// Makes a copy of `bytes` whose memory `whenErased` sees after it was overwritten and before it is freed.
    package init(_ bytes: some Collection<UInt8>, whenErased: (@Sendable (UnsafeBufferPointer<UInt8>) -> Void)?) {
        self.init(count: bytes.count, whenErased: whenErased)
        _ = UnsafeMutableBufferPointer(start: memory, count: count).update(fromContentsOf: bytes)
    }

    /// Makes `count` bytes of zero whose memory `whenErased` sees after it was overwritten and before it is freed.
    package init(count: Int, whenErased: (@Sendable (UnsafeBufferPointer<UInt8>) -> Void)?) {
        precondition(count >= 0, "memory cannot have \(count) bytes")
        self.count = count
        self.whenErased = whenErased
        companion = nil
        memory = .allocate(capacity: max(1, count))
        memory.initialize(repeating: 0, count: max(1, count))
    }

    /// Makes `count` bytes that `fill` writes, all of them, while they are not yet bytes of zero.
    init(
        count: Int, companion: (any AnyObject & Sendable)?, fill: (UnsafeMutableRawBufferPointer) -> Void
    ) {
        self.count = count
        whenErased = nil
        self.companion = companion
        memory = .allocate(capacity: max(1, count))
        fill(UnsafeMutableRawBufferPointer(start: memory, count: count))
    }

    deinit {
        eraseMemory(UnsafeMutableRawPointer(memory), count: count)
        whenErased?(UnsafeBufferPointer(start: memory, count: count))
        memory.deallocate()
    }

    /// Reads the bytes in place.
    public func withBytes<Result: ~Copyable, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(UnsafeBufferPointer(start: memory, count: count).span)
    }

    /// Writes the bytes in place.
    public mutating func withMutableBytes<Result, Failure: Error>(
        _ body: (inout MutableSpan<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        var span = UnsafeMutableBufferPointer(start: memory, count: count).mutableSpan
        return try body(&span)
    }

    /// The bytes' address, for C libraries; valid during `body`.
    public func withUnsafeBytes<Result, Failure: Error>(
        _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(UnsafeBufferPointer(start: memory, count: count))
    }

    /// The bytes' address, for C libraries to write to; valid during `body`.
    public mutating func withUnsafeMutableBytes<Result, Failure: Error>(
        _ body: (UnsafeMutableBufferPointer<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(UnsafeMutableBufferPointer(start: memory, count: count))
    }
}

/// Overwrites memory with zeros by a call that the compiler does not remove.
public func eraseMemory(_ memory: UnsafeMutableRawPointer, count: Int) {
    #if canImport(Darwin)
        memset_s(memory, count, 0, count)
    #else
        explicit_bzero(memory, count)
    #endif
}
