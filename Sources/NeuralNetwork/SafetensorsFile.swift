/// A file of named tensors, mapped into memory and read where it is needed.
///
/// Nothing of the file is believed before it is checked: the header's length, its JSON, every name, type, shape and
/// offset. The file must not be shortened by another process while it is mapped: the system ends a process that
/// reads past the end of a mapped file.
///
/// Format: https://github.com/huggingface/safetensors#format
public final class SafetensorsFile: Sendable {
    /// A tensor's type, shape and place.
    public struct Entry: Sendable, Equatable {
        /// The type of its elements in the file.
        public let elementType: SafetensorsElementType

        /// The length of each dimension, outermost first.
        public let shape: [Int]

        /// Where its bytes lie in the file's data, which begins after the header.
        public let bytes: Range<Int>
    }

    /// The file's path.
    public let path: String

    /// The tensors by name.
    public let entries: [String: Entry]

    /// The file's `__metadata__`: remarks of whoever wrote it.
    public let metadata: [String: String]

    private let mapping: FileMapping
    private let dataOffset: Int

    /// The longest header that is read, in bytes; the reference implementation has the same bound.
    public static let maximumHeaderBytes = 100_000_000

    /// Maps a file and reads its header.
    public init(_ path: String) throws(SafetensorsError) {
        let mapping = try FileMapping(path)
        let header: SafetensorsHeader
        do throws(SafetensorsError) {
            (header, dataOffset) = try Self.header(of: mapping.bytes, file: path)
        } catch {
            // Only now: the length of a header could look like another format's first bytes.
            if let format = ForeignFormat(beginning: mapping.bytes) { throw .foreign(file: path, format: format) }
            throw error
        }
        self.mapping = mapping
        self.path = path
        entries = header.tensors
        metadata = header.metadata
    }

    private static func header(
        of bytes: UnsafeRawBufferPointer, file: String
    ) throws(SafetensorsError) -> (header: SafetensorsHeader, dataOffset: Int) {
        let size = bytes.count
        guard size >= 8 else { throw .tooShort(file: file, bytes: size) }
        let length = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
        let allowed = min(size - 8, Self.maximumHeaderBytes)
        guard length >= 2, length <= UInt64(allowed) else {
            throw .headerLength(file: file, length: length, allowed: allowed)
        }
        let dataOffset = 8 + Int(length)
        let header = try SafetensorsHeader(
            Array(bytes[8..<dataOffset]), dataBytes: size - dataOffset, file: file)
        return (header, dataOffset)
    }

    /// Reads a tensor, widened to Float32, and lets go of the pages that held it.
    ///
    /// - Parameters:
    ///   - name: The tensor's name.
    ///   - shape: The shape it must have; any when nil.
    ///   - device: Where the result is made.
    /// - Throws: `missing`, `shape`, `unreadableElementType` or `outOfMemory`.
    public func tensor(
        _ name: String, shape: [Int]? = nil, on device: Device
    ) throws(SafetensorsError) -> Tensor {
        let entry = try entry(name)
        if let shape, shape != entry.shape {
            throw .shape(tensor: name, place: path, found: entry.shape, expected: shape)
        }
        guard let widening = Widening(entry.elementType) else {
            throw .unreadableElementType(tensor: name, place: path, type: entry.elementType)
        }
        // The tensor as it is read, and what a layer packs it into.
        guard AddressSpace.hasRoom(for: entry.bytes.count, times: 4) else {
            throw .outOfMemory(file: path, tensor: name, bytes: entry.bytes.count)
        }
        let tensor = Tensor(uninitialized: entry.shape, on: device)
        device.threads.forEachRange(tensor.count, grain: 1 << 16) { range in
            widening.widen(self.data(entry), range, to: tensor.pointer)
        }
        mapping.release(shifted(entry.bytes))
        return tensor
    }

    /// Lends a tensor's bytes as they are in the file, which may lie at any alignment, with their type.
    ///
    /// - Throws: `missing`, and what `body` throws.
    public func withBytes<Result>(
        of name: String, _ body: (UnsafeRawBufferPointer, SafetensorsElementType) throws -> Result
    ) throws -> Result {
        let entry = try entry(name)
        return try withExtendedLifetime(mapping) { try body(data(entry), entry.elementType) }
    }

    /// Lets go of the memory that holds a tensor's bytes; a later access reads them from the file again.
    public func release(_ name: String) {
        if let entry = entries[name] { mapping.release(shifted(entry.bytes)) }
    }

    private func entry(_ name: String) throws(SafetensorsError) -> Entry {
        guard let entry = entries[name] else { throw .missing(tensor: name, place: path) }
        return entry
    }

    private func data(_ entry: Entry) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: mapping.bytes[shifted(entry.bytes)])
    }

    private func shifted(_ range: Range<Int>) -> Range<Int> {
        range.lowerBound + dataOffset..<range.upperBound + dataOffset
    }
}

/// How the elements of a file become Float32, each exactly.
private enum Widening {
    case float32, float16, bfloat16

    init?(_ type: SafetensorsElementType) {
        switch type {
        case .float32: self = .float32
        case .float16: self = .float16
        case .bfloat16: self = .bfloat16
        default: return nil
        }
    }

    /// Widens the elements `range` of `source` into the same places of `target`.
    func widen(_ source: UnsafeRawBufferPointer, _ range: Range<Int>, to target: UnsafeMutablePointer<Float>) {
        guard let base = source.baseAddress else { return }
        switch self {
        case .float32:
            for index in range {
                let bits = UInt32(littleEndian: base.loadUnaligned(fromByteOffset: index &* 4, as: UInt32.self))
                target[index] = Float(bitPattern: bits)
            }
        case .float16:
            for index in range {
                let bits = UInt16(littleEndian: base.loadUnaligned(fromByteOffset: index &* 2, as: UInt16.self))
                target[index] = Self.float16(UInt32(bits))
            }
        case .bfloat16:
            for index in range {
                let bits = UInt16(littleEndian: base.loadUnaligned(fromByteOffset: index &* 2, as: UInt16.self))
                target[index] = Float(bitPattern: UInt32(bits) << 16)
            }
        }
    }

    /// A binary16's value, computed without branches so that the loop above becomes vector instructions.
    ///
    /// `Float(Float16)` would be a call of a library function for each element where the compiler may not assume
    /// conversion instructions.
    @inline(__always)
    private static func float16(_ bits: UInt32) -> Float {
        let sign = (bits & 0x8000) << 16
        let magnitude = (bits & 0x7FFF) << 13
        let normal = magnitude &+ 112 << 23
        let infiniteOrNaN = magnitude | 0x7F80_0000
        // A subnormal's mantissa, put after the binary point of 2⁻¹⁴ and that 2⁻¹⁴ taken away again, is its value.
        let subnormal = (Float(bitPattern: magnitude &+ 113 << 23) - Float(bitPattern: 113 << 23)).bitPattern
        let finite = magnitude < 0x0080_0000 ? subnormal : normal
        return Float(bitPattern: sign | (magnitude >= 0x0F80_0000 ? infiniteOrNaN : finite))
    }
}
