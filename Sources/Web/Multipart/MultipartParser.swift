/// A field of a form, and where its content stands in the body.
package struct MultipartPart: Equatable {
    package var name: String
    package var content: Range<Int>
}

/// A strict reader of forms with files (RFC 7578): bounded in parts and headers, one pass over the body, nothing copied.
///
/// What stands before the first boundary and behind the last is ignored, as RFC 2046 says.
package struct MultipartParser {
    package static let maximumParts = 64
    package static let maximumHeaderBytes = 16 << 10

    private let boundary: MultipartBoundary
    private var offset = 0

    /// Finds the fields of the form that `bytes` are, in their order.
    package static func parse(
        _ bytes: Span<UInt8>, boundary: MultipartBoundary
    ) throws(MultipartError) -> [MultipartPart] {
        var parser = MultipartParser(boundary: boundary)
        return try parser.parts(bytes)
    }

    private init(boundary: MultipartBoundary) { self.boundary = boundary }

    private mutating func parts(_ bytes: Span<UInt8>) throws(MultipartError) -> [MultipartPart] {
        try findFirstBoundary(bytes)
        var parts: [MultipartPart] = []
        while try !isClosing(bytes) {
            guard parts.count < Self.maximumParts else { throw .tooManyParts(maximum: Self.maximumParts) }
            let name = try header(bytes)
            let start = offset
            // An empty content may leave out the line's end before the boundary: that of the header stands for it.
            offset -= 2
            let end = try findDelimiter(bytes)
            parts.append(MultipartPart(name: name, content: min(start, end)..<end))
        }
        return parts
    }

    /// Goes behind the first boundary, which needs no line's end before it where the body begins with it.
    private mutating func findFirstBoundary(_ bytes: Span<UInt8>) throws(MultipartError) {
        let opening = boundary.delimiter.dropFirst(2)
        if holds(opening, at: 0, in: bytes) {
            offset = opening.count
        } else {
            _ = try findDelimiter(bytes)
        }
    }

    /// Goes behind the next boundary, and returns where it begins.
    private mutating func findDelimiter(_ bytes: Span<UInt8>) throws(MultipartError) -> Int {
        let delimiter = boundary.delimiter
        while offset + delimiter.count <= bytes.count {
            if bytes[offset] == delimiter[0], holds(delimiter[...], at: offset, in: bytes) {
                defer { offset += delimiter.count }
                return offset
            }
            offset += 1
        }
        throw .endsEarly
    }

    /// Whether the boundary is the last one; goes to the next line when it is not.
    private mutating func isClosing(_ bytes: Span<UInt8>) throws(MultipartError) -> Bool {
        if holds([UInt8(ascii: "-"), UInt8(ascii: "-")], at: offset, in: bytes) { return true }
        while offset < bytes.count, bytes[offset] == UInt8(ascii: " ") || bytes[offset] == UInt8(ascii: "\t") {
            offset += 1
        }
        guard offset + 2 <= bytes.count else { throw .endsEarly }
        guard isLineEnd(bytes) else { throw .unexpected(offset: offset) }
        offset += 2
        return false
    }

    /// Reads a part's header up to the empty line behind it, and returns the field's name.
    private mutating func header(_ bytes: Span<UInt8>) throws(MultipartError) -> String {
        let start = offset
        var name: String?
        while let line = try headerLine(bytes, of: start) {
            guard let colon = line.first(where: { bytes[$0] == UInt8(ascii: ":") }) else {
                throw .badHeader(offset: start)
            }
            let value = bytes.extracting(trimmed(colon + 1..<line.upperBound, bytes))
            switch fieldName(line.lowerBound..<colon, bytes) {
            case "content-disposition":
                guard name == nil, let disposition = HeaderValue(value, parameter: "name") else {
                    throw .badHeader(offset: start)
                }
                guard disposition.kind == "form-data", let found = disposition.parameter else {
                    throw .noName(offset: start)
                }
                name = found
            case "content-transfer-encoding":
                guard let kind = HeaderValue(value, parameter: "")?.kind, ["7bit", "8bit", "binary"].contains(kind)
                else { throw .encoded(offset: start) }
            default: break
            }
        }
        guard let name else { throw .noName(offset: start) }
        return name
    }

    /// The next line of a header that begins at `start`, without its end; nil for the empty line.
    private mutating func headerLine(_ bytes: Span<UInt8>, of start: Int) throws(MultipartError) -> Range<Int>? {
        let first = offset
        while offset + 2 <= bytes.count {
            guard offset - start <= Self.maximumHeaderBytes else {
                throw .longHeader(offset: start, maximum: Self.maximumHeaderBytes)
            }
            if isLineEnd(bytes) {
                defer { offset += 2 }
                return first == offset ? nil : first..<offset
            }
            offset += 1
        }
        throw .endsEarly
    }

    private func isLineEnd(_ bytes: Span<UInt8>) -> Bool {
        bytes[offset] == UInt8(ascii: "\r") && bytes[offset + 1] == UInt8(ascii: "\n")
    }

    private func holds(_ text: ArraySlice<UInt8>, at offset: Int, in bytes: Span<UInt8>) -> Bool {
        guard offset + text.count <= bytes.count else { return false }
        for (index, byte) in text.enumerated() where bytes[offset + index] != byte { return false }
        return true
    }

    /// A field's name in small letters, or nothing that means anything when it is too long for those that do.
    private func fieldName(_ range: Range<Int>, _ bytes: Span<UInt8>) -> String {
        range.count <= 32 ? String(decoding: range.map { bytes[$0] }, as: UTF8.self).lowercased() : ""
    }

    private func trimmed(_ range: Range<Int>, _ bytes: Span<UInt8>) -> Range<Int> {
        func isSpace(_ index: Int) -> Bool {
            bytes[index] == UInt8(ascii: " ") || bytes[index] == UInt8(ascii: "\t")
        }
        var range = range
        while let first = range.first, isSpace(first) { range = range.dropFirst() }
        while let last = range.last, isSpace(last) { range = range.dropLast() }
        return range
    }
}
