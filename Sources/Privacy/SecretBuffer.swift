/// Memory that grows for what must not outlive its use, in pieces that are never moved: growing leaves no copy behind.
public struct SecretBuffer: ~Copyable {
    /// One piece, of which a part is used.
    private final class Piece {
        var bytes: SecretBytes
        var used = 0

        init(capacity: Int) { bytes = SecretBytes(count: capacity) }

        var room: Int { bytes.count - used }

        /// Takes over as many bytes as there is room for, and returns how many.
        func append(_ source: UnsafeRawBufferPointer) -> Int {
            let count = min(room, source.count)
            guard count > 0 else { return 0 }
            bytes.withUnsafeMutableBytes { target in
                UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(target)[used..<used + count])
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: source[..<count]))
            }
            used += count
            return count
        }
    }

    /// The first piece is small, since most of what is sent is; each further one is as large as all before it.
    private static let pieceSizes = (first: 4 << 10, largest: 1 << 20)

    /// How many bytes have been appended.
    public private(set) var count = 0

    private var pieces: [Piece] = []

    /// An empty buffer.
    public init() {}

    /// Appends a copy of bytes.
    public mutating func append(_ bytes: UnsafeRawBufferPointer) {
        var rest = bytes[...]
        while !rest.isEmpty {
            if pieces.last?.room ?? 0 == 0 {
                let size = min(max(count, Self.pieceSizes.first), Self.pieceSizes.largest)
                pieces.append(Piece(capacity: size))
            }
            let taken = pieces.last?.append(UnsafeRawBufferPointer(rebasing: rest)) ?? 0
            count += taken
            rest = rest.dropFirst(taken)
        }
    }

    /// All that was appended in one piece; the pieces are overwritten and freed one by one on the way.
    ///
    /// - Parameter companion: An object that lives as long as the bytes.
    public consuming func joined(with companion: (any AnyObject & Sendable)? = nil) -> SecretBytes {
        var pieces = Array(pieces.reversed())
        self.pieces = []
        return SecretBytes(count: count, companion: companion) { target in
            var offset = 0
            while let piece = pieces.popLast() {
                piece.bytes.withUnsafeBytes { source in
                    UnsafeMutableRawBufferPointer(rebasing: target[offset..<offset + piece.used])
                        .copyMemory(
                            from: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(source)[..<piece.used]))
                }
                offset += piece.used
            }
        }
    }
}
