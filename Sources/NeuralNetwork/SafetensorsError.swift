/// What is wrong with a file or folder of weights.
public enum SafetensorsError: Error, Equatable, Sendable {
    /// The file cannot be opened or mapped; the reason is the system's.
    case unreadable(file: String, reason: String)
    /// The path leads to a folder, a device or something else that is not a file with bytes in it.
    case notAFile(file: String)
    /// The file ends before the eight bytes that say how long the header is.
    case tooShort(file: String, bytes: Int)
    /// The header's length is more than the file holds or than the format allows.
    case headerLength(file: String, length: UInt64, allowed: Int)
    /// The header is not the JSON that the format asks for.
    case malformedHeader(file: String, problem: String)
    /// The header names one thing twice.
    case duplicateKey(file: String, key: String)
    /// A tensor's entry lacks `dtype`, `shape` or `data_offsets`.
    case missingField(file: String, tensor: String, field: String)
    /// A tensor has an element type that the format does not name.
    case unknownElementType(file: String, tensor: String, type: String)
    /// A tensor's shape has more elements than can be counted.
    case shapeTooLarge(file: String, tensor: String, shape: [Int])
    /// A tensor begins after its end, or ends outside the file.
    case offsets(file: String, tensor: String, begin: Int, end: Int, dataBytes: Int)
    /// A tensor's offsets span another number of bytes than its shape and type need.
    case length(file: String, tensor: String, bytes: Int, needed: Int)
    /// Bytes of the data belong to no tensor.
    case unusedBytes(file: String, begin: Int, end: Int)
    /// The file is of another format.
    case foreign(file: String, format: ForeignFormat)
    /// There is not enough memory for a tensor.
    case outOfMemory(file: String, tensor: String, bytes: Int)
    /// Two tensors share bytes.
    case overlap(file: String, tensor: String, other: String)
    /// No tensor has this name.
    case missing(tensor: String, place: String)
    /// A tensor has another shape than the network needs.
    case shape(tensor: String, place: String, found: [Int], expected: [Int])
    /// A tensor's elements cannot be read as Float32.
    case unreadableElementType(tensor: String, place: String, type: SafetensorsElementType)
    /// A folder has no weights, or several with no way to choose.
    case noWeights(folder: String, found: [String])
    /// A folder has weights, but of another format.
    case foreignWeights(folder: String, found: String, format: ForeignFormat)
    /// The index of a sharded model is not as it should be.
    case malformedIndex(file: String, problem: String)
}

extension SafetensorsError: CustomStringConvertible {
    /// A sentence that says what was wrong, where, and what is allowed.
    public var description: String {
        switch self {
        case .unreadable(let file, let reason):
            "The weights file \(Self.quote(file)) cannot be read: \(reason)."
        case .notAFile(let file):
            "The weights path \(Self.quote(file)) is not a regular file."
        case .tooShort(let file, let bytes):
            "The weights file \(Self.quote(file)) has \(bytes) bytes; a safetensors file has at least 10."
        case .headerLength(let file, let length, let allowed):
            "The weights file \(Self.quote(file)) announces a header of \(length) bytes; 2 to \(allowed) are possible."
        case .malformedHeader(let file, let problem):
            "The header of the weights file \(Self.quote(file)) is malformed: \(problem)."
        case .duplicateKey(let file, let key):
            "The header of the weights file \(Self.quote(file)) has the key \(Self.quote(key)) twice."
        case .missingField(let file, let tensor, let field):
            "The tensor \(Self.quote(tensor)) in \(Self.quote(file)) has no \(Self.quote(field))."
        case .unknownElementType(let file, let tensor, let type):
            "The tensor \(Self.quote(tensor)) in \(Self.quote(file)) has the unknown element type \(Self.quote(type)); "
                + "known are \(SafetensorsElementType.allCases.map(\.rawValue).joined(separator: ", "))."
        case .shapeTooLarge(let file, let tensor, let shape):
            "The tensor \(Self.quote(tensor)) in \(Self.quote(file)) has the shape \(Self.shape(shape)), "
                + "which is more than can be addressed."
        case .offsets(let file, let tensor, let begin, let end, let dataBytes):
            "The tensor \(Self.quote(tensor)) in \(Self.quote(file)) lies from \(begin) to \(end); "
                + "the file has data from 0 to \(dataBytes)."
        case .length(let file, let tensor, let bytes, let needed):
            "The tensor \(Self.quote(tensor)) in \(Self.quote(file)) spans \(bytes) bytes; "
                + "its shape and element type need \(needed)."
        case .unusedBytes(let file, let begin, let end):
            "The weights file \(Self.quote(file)) has bytes that belong to no tensor, from \(begin) to \(end) of its data; "
                + "it is broken, or was not written by safetensors."
        case .foreign(let file, let format):
            "The weights file \(Self.quote(file)) is \(format.explanation)."
        case .outOfMemory(let file, let tensor, let bytes):
            "There is not enough memory for the tensor \(Self.quote(tensor)) of \(Self.quote(file)), "
                + "which has \(bytes) bytes."
        case .overlap(let file, let tensor, let other):
            "The tensors \(Self.quote(tensor)) and \(Self.quote(other)) in \(Self.quote(file)) overlap."
        case .missing(let tensor, let place):
            "The tensor \(Self.quote(tensor)) is missing from \(Self.quote(place))."
        case .shape(let tensor, let place, let found, let expected):
            "The tensor \(Self.quote(tensor)) in \(Self.quote(place)) has the shape \(Self.shape(found)); "
                + "the network needs \(Self.shape(expected))."
        case .unreadableElementType(let tensor, let place, let type):
            "The tensor \(Self.quote(tensor)) in \(Self.quote(place)) has elements of type \(type.rawValue); "
                + "F32, F16 and BF16 can be read."
        case .noWeights(let folder, let found):
            "The folder \(Self.quote(folder)) has "
                + (found.isEmpty
                    ? "no *.safetensors file" : "several weights: " + found.prefix(8).joined(separator: ", "))
                + "; one of \(Weights.fileNames.joined(separator: ", ")) or a single *.safetensors file is needed."
        case .foreignWeights(let folder, let found, let format):
            "The folder \(Self.quote(folder)) has no *.safetensors file, only \(Self.quote(found)), "
                + "which is \(format.explanation)."
        case .malformedIndex(let file, let problem):
            "The index \(Self.quote(file)) is malformed: \(problem)."
        }
    }

    /// A name out of a file, made safe to print: escaped, and cut when it is long.
    private static func quote(_ name: String) -> String {
        name.unicodeScalars.count > 300
            ? String(String.UnicodeScalarView(name.unicodeScalars.prefix(300))).debugDescription + "…"
            : name.debugDescription
    }

    private static func shape(_ shape: [Int]) -> String {
        shape.count > 16 ? "\(shape.prefix(16))…" : "\(shape)"
    }
}
