/// The table of contents of a safetensors file, checked against the size of its data.
///
/// Format: https://github.com/huggingface/safetensors#format
struct SafetensorsHeader: Sendable {
    /// The tensors by name.
    let tensors: [String: SafetensorsFile.Entry]

    /// The texts in the file's `__metadata__`: remarks of whoever wrote it. The format knows no others; what else a
    /// program has written there says nothing of the tensors.
    let metadata: [String: String]

    /// The most dimensions that a tensor may have.
    private static let maximumRank = 32

    /// Reads and checks a header.
    ///
    /// - Parameters:
    ///   - bytes: The JSON, without the eight bytes of its length.
    ///   - dataBytes: How many bytes follow the header.
    ///   - file: The file's path, for errors.
    init(_ bytes: [UInt8], dataBytes: Int, file: String) throws(SafetensorsError) {
        guard bytes.first == UInt8(ascii: "{") else {
            throw .malformedHeader(file: file, problem: "it does not begin with '{'")
        }
        let declared: (tensors: [String: Declaration], metadata: [String: String])
        do {
            var scanner = JSONScanner(bytes)
            declared = try Self.scan(&scanner)
        } catch {
            if case .duplicateKey(let key) = error.problem { throw .duplicateKey(file: file, key: key) }
            throw .malformedHeader(file: file, problem: error.description)
        }
        var tensors: [String: SafetensorsFile.Entry] = [:]
        tensors.reserveCapacity(declared.tensors.count)
        for (name, declaration) in declared.tensors {
            tensors[name] = try declaration.checked(name: name, dataBytes: dataBytes, file: file)
        }
        try Self.checkLayout(tensors, dataBytes: dataBytes, file: file)
        self.tensors = tensors
        metadata = declared.metadata
    }

    /// What the header says of a tensor, before it is believed.
    private struct Declaration {
        var type: String?
        var shape: [Int]?
        var offsets: [Int]?

        func checked(name: String, dataBytes: Int, file: String) throws(SafetensorsError) -> SafetensorsFile.Entry {
            guard let type else { throw .missingField(file: file, tensor: name, field: "dtype") }
            guard let shape else { throw .missingField(file: file, tensor: name, field: "shape") }
            guard let offsets else { throw .missingField(file: file, tensor: name, field: "data_offsets") }
            guard let elementType = SafetensorsElementType(rawValue: type) else {
                throw .unknownElementType(file: file, tensor: name, type: type)
            }
            let (begin, end) = (offsets[0], offsets[1])
            guard begin <= end, end <= dataBytes else {
                throw .offsets(file: file, tensor: name, begin: begin, end: end, dataBytes: dataBytes)
            }
            var bits = elementType.bits
            for dimension in shape {
                let (product, overflow) = bits.multipliedReportingOverflow(by: dimension)
                guard !overflow else { throw .shapeTooLarge(file: file, tensor: name, shape: shape) }
                bits = product
            }
            let needed = bits / 8 + (bits % 8 == 0 ? 0 : 1)
            guard end - begin == needed else {
                throw .length(file: file, tensor: name, bytes: end - begin, needed: needed)
            }
            return SafetensorsFile.Entry(elementType: elementType, shape: shape, bytes: begin..<end)
        }
    }

    private static func scan(
        _ scanner: inout JSONScanner
    ) throws(JSONError) -> (tensors: [String: Declaration], metadata: [String: String]) {
        var tensors: [String: Declaration] = [:]
        var metadata: [String: String]?
        var isFirst = true
        try scanner.expect("{")
        while let name = try scanner.nextKey(isFirst: &isFirst) {
            if name == "__metadata__" {
                guard metadata == nil else { throw scanner.error(.duplicateKey(name)) }
                metadata = try scanMetadata(&scanner)
            } else {
                guard tensors[name] == nil else { throw scanner.error(.duplicateKey(name)) }
                tensors[name] = try scanDeclaration(&scanner)
            }
        }
        try scanner.expectEnd()
        return (tensors, metadata ?? [:])
    }

    private static func scanMetadata(_ scanner: inout JSONScanner) throws(JSONError) -> [String: String] {
        var metadata: [String: String] = [:]
        if scanner.peek() == UInt8(ascii: "n") {
            try scanner.skipValue()
            return metadata
        }
        var seen: Set<String> = []
        var isFirst = true
        try scanner.expect("{")
        while let key = try scanner.nextKey(isFirst: &isFirst) {
            guard seen.insert(key).inserted else { throw scanner.error(.duplicateKey(key)) }
            if scanner.peek() == UInt8(ascii: "\"") {
                metadata[key] = try scanner.string()
            } else {
                try scanner.skipValue()
            }
        }
        return metadata
    }

    private static func scanDeclaration(_ scanner: inout JSONScanner) throws(JSONError) -> Declaration {
        var declaration = Declaration()
        var seen: Set<String> = []
        var isFirst = true
        try scanner.expect("{")
        while let field = try scanner.nextKey(isFirst: &isFirst) {
            guard seen.insert(field).inserted else { throw scanner.error(.duplicateKey(field)) }
            switch field {
            case "dtype": declaration.type = try scanner.string()
            case "shape": declaration.shape = try scanNumbers(&scanner, atMost: maximumRank)
            case "data_offsets":
                let offsets = try scanNumbers(&scanner, atMost: 2)
                guard offsets.count == 2 else { throw scanner.error(.expected("two offsets")) }
                declaration.offsets = offsets
            default: try scanner.skipValue()
            }
        }
        return declaration
    }

    private static func scanNumbers(_ scanner: inout JSONScanner, atMost limit: Int) throws(JSONError) -> [Int] {
        var numbers: [Int] = []
        var isFirst = true
        try scanner.expect("[")
        while try scanner.nextElement(isFirst: &isFirst) {
            guard numbers.count < limit else { throw scanner.error(.expected("at most \(limit) numbers")) }
            numbers.append(try scanner.unsignedInteger())
        }
        return numbers
    }

    /// Checks that the tensors lie one after the other and are all there is, as the format asks for: what belongs to no
    /// tensor could be another file.
    private static func checkLayout(
        _ tensors: [String: SafetensorsFile.Entry], dataBytes: Int, file: String
    ) throws(SafetensorsError) {
        let inOrder = tensors.sorted {
            ($0.value.bytes.lowerBound, $0.value.bytes.upperBound, $0.key)
                < ($1.value.bytes.lowerBound, $1.value.bytes.upperBound, $1.key)
        }
        var end = 0
        var previous: String?
        for (name, entry) in inOrder {
            if let previous, entry.bytes.lowerBound < end {
                throw .overlap(file: file, tensor: previous, other: name)
            }
            guard entry.bytes.lowerBound == end else {
                throw .unusedBytes(file: file, begin: end, end: entry.bytes.lowerBound)
            }
            end = entry.bytes.upperBound
            previous = name
        }
        guard end == dataBytes else { throw .unusedBytes(file: file, begin: end, end: dataBytes) }
    }
}
