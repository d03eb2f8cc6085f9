/// The index of a model whose weights are split over several files (`*.safetensors.index.json`).
struct SafetensorsIndex: Sendable {
    /// The name of the file that holds each tensor, in the index's own folder.
    let files: [String: String]

    /// Reads an index.
    init(_ path: String) throws(SafetensorsError) {
        let mapping = try FileMapping(path)
        guard mapping.bytes.count <= SafetensorsFile.maximumHeaderBytes else {
            throw .malformedIndex(
                file: path,
                problem: "it has \(mapping.bytes.count) bytes; at most \(SafetensorsFile.maximumHeaderBytes) are read")
        }
        do {
            var scanner = JSONScanner(Array(mapping.bytes))
            files = try Self.scan(&scanner)
        } catch {
            if let format = ForeignFormat(beginning: mapping.bytes) { throw .foreign(file: path, format: format) }
            throw .malformedIndex(file: path, problem: error.description)
        }
        for file in files.values where !Self.isPlain(file) {
            let name = String(file.prefix(200)).debugDescription
            throw .malformedIndex(
                file: path, problem: "\(name) is not the name of a *.safetensors file in the same folder")
        }
    }

    private static func scan(_ scanner: inout JSONScanner) throws(JSONError) -> [String: String] {
        var files: [String: String]?
        var isFirst = true
        try scanner.expect("{")
        while let key = try scanner.nextKey(isFirst: &isFirst) {
            guard key == "weight_map" else {
                try scanner.skipValue()
                continue
            }
            guard files == nil else { throw scanner.error(.duplicateKey(key)) }
            files = try scanMap(&scanner)
        }
        try scanner.expectEnd()
        guard let files else { throw scanner.error(.expected("a \"weight_map\"")) }
        return files
    }

    private static func scanMap(_ scanner: inout JSONScanner) throws(JSONError) -> [String: String] {
        var files: [String: String] = [:]
        var isFirst = true
        try scanner.expect("{")
        while let tensor = try scanner.nextKey(isFirst: &isFirst) {
            guard files.updateValue(try scanner.string(), forKey: tensor) == nil else {
                throw scanner.error(.duplicateKey(tensor))
            }
        }
        return files
    }

    /// Whether a name stays in its folder: no separators, no control characters, not hidden.
    private static func isPlain(_ name: String) -> Bool {
        name.hasSuffix(".safetensors") && !name.hasPrefix(".") && name.utf8.count <= 255
            && name.unicodeScalars.allSatisfy { $0 != "/" && $0 != "\\" && $0.value >= 0x20 && $0.value != 0x7F }
    }
}
