import Foundation

/// The tensors of one model component, such as a UNet: a folder's safetensors file or shards, or a part of them.
///
/// A scope is a prefix of names: `weights["down_blocks.0.resnets.1"]["conv1"].tensor("weight", …)` reads
/// `down_blocks.0.resnets.1.conv1.weight`.
public struct Weights: Sendable {
    private let store: Store

    /// What stands before every name of this scope, with its dot; empty for the whole component.
    public let prefix: String

    /// The names that diffusers and transformers give to weights, in the order they are looked for.
    public static let fileNames = [
        "diffusion_pytorch_model.safetensors", "model.safetensors",
        "diffusion_pytorch_model.safetensors.index.json", "model.safetensors.index.json",
        "diffusion_pytorch_model.fp16.safetensors", "model.fp16.safetensors",
        "diffusion_pytorch_model.safetensors.index.fp16.json", "model.safetensors.index.fp16.json",
    ]

    /// Opens the weights in a component's folder.
    ///
    /// The first of `fileNames` that exists is taken, or else the only `*.safetensors` file.
    public init(folder: String) throws(SafetensorsError) {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder)
        } catch {
            throw .unreadable(file: folder, reason: "there is no such folder, or it may not be read")
        }
        let present = Set(names)
        let files = names.filter { $0.hasSuffix(".safetensors") }.sorted()
        let only = files.count == 1 ? files.first : nil
        guard let name = Self.fileNames.first(where: present.contains) ?? only else {
            if files.isEmpty, let other = names.sorted().first(where: { ForeignFormat(fileName: $0) != nil }),
                let format = ForeignFormat(fileName: other)
            {
                throw .foreignWeights(folder: folder, found: other, format: format)
            }
            throw .noWeights(folder: folder, found: files)
        }
        if name.hasSuffix(".json") {
            store = try Store(index: name, folder: folder)
        } else {
            store = try Store(SafetensorsFile(Self.join(folder, name)))
        }
        prefix = ""
    }

    /// Opens the weights of one safetensors file.
    public init(file path: String) throws(SafetensorsError) {
        store = try Store(SafetensorsFile(path))
        prefix = ""
    }

    private init(store: Store, prefix: String) {
        self.store = store
        self.prefix = prefix
    }

    /// The weights whose names begin with `scope` and a dot.
    public subscript(scope: String) -> Weights { Weights(store: store, prefix: prefix + scope + ".") }

    /// The file or folder that the weights come from, for messages.
    public var place: String { store.place }

    /// The names in this scope, without its prefix, sorted.
    public var names: [String] {
        store.entries.keys.filter { $0.utf8.starts(with: prefix.utf8) }
            .map { String(decoding: $0.utf8.dropFirst(prefix.utf8.count), as: UTF8.self) }.sorted()
    }

    /// Whether this scope has a tensor of this name.
    public func contains(_ name: String) -> Bool { store.entries[prefix + name] != nil }

    /// A tensor's shape; nil when there is no such tensor.
    public func shape(of name: String) -> [Int]? { store.entries[prefix + name]?.entry.shape }

    /// The type of a tensor's elements in the file; nil when there is no such tensor.
    public func elementType(of name: String) -> SafetensorsElementType? {
        store.entries[prefix + name]?.entry.elementType
    }

    /// The bytes that the tensors of this scope take in their files.
    public var totalBytes: Int {
        store.entries.reduce(0) { $1.key.utf8.starts(with: prefix.utf8) ? $0 + $1.value.entry.bytes.count : $0 }
    }

    /// Reads a tensor, widened to Float32, and lets go of the pages that held it.
    ///
    /// - Parameters:
    ///   - name: The tensor's name in this scope.
    ///   - shape: The shape it must have; any when nil.
    ///   - device: Where the result is made.
    /// - Throws: `missing`, `shape` or `unreadableElementType`, with the full name.
    public func tensor(
        _ name: String, shape: [Int]? = nil, on device: Device
    ) throws(SafetensorsError) -> Tensor {
        try file(of: name).tensor(prefix + name, shape: shape, on: device)
    }

    /// Lends a tensor's bytes as they are in the file, which may lie at any alignment, with their type.
    ///
    /// - Throws: `missing`, and what `body` throws.
    public func withBytes<Result>(
        of name: String, _ body: (UnsafeRawBufferPointer, SafetensorsElementType) throws -> Result
    ) throws -> Result {
        try file(of: name).withBytes(of: prefix + name, body)
    }

    /// Lets go of the memory that holds a tensor's bytes; a later access reads them from the file again.
    public func release(_ name: String) { store.entries[prefix + name]?.file.release(prefix + name) }

    private func file(of name: String) throws(SafetensorsError) -> SafetensorsFile {
        guard let found = store.entries[prefix + name] else {
            throw .missing(tensor: prefix + name, place: store.place)
        }
        return found.file
    }

    fileprivate static func join(_ folder: String, _ name: String) -> String {
        folder.hasSuffix("/") ? folder + name : folder + "/" + name
    }
}

/// Which file has which tensor.
private final class Store: Sendable {
    let place: String
    let entries: [String: (file: SafetensorsFile, entry: SafetensorsFile.Entry)]

    init(_ file: SafetensorsFile) {
        place = file.path
        entries = file.entries.mapValues { (file, $0) }
    }

    /// Opens the shards that an index names.
    init(index name: String, folder: String) throws(SafetensorsError) {
        let path = Weights.join(folder, name)
        let map = try SafetensorsIndex(path).files
        var files: [String: SafetensorsFile] = [:]
        for shard in Set(map.values) { files[shard] = try SafetensorsFile(Weights.join(folder, shard)) }
        var entries: [String: (file: SafetensorsFile, entry: SafetensorsFile.Entry)] = [:]
        entries.reserveCapacity(map.count)
        for (tensor, shard) in map {
            guard let file = files[shard], let entry = file.entries[tensor] else {
                throw .missing(tensor: tensor, place: Weights.join(folder, shard))
            }
            entries[tensor] = (file, entry)
        }
        self.entries = entries
        place = path
    }
}
