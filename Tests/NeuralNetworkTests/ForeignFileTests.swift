import Foundation
import NeuralNetwork
import Testing

@Suite("Files that are no safetensors files, or hide something")
struct ForeignFileTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "mystarion-\(UUID().uuidString)").path

    /// A file of the folder that goes with `body`.
    private func withFile(
        _ bytes: [UInt8], as name: String = "model.safetensors", _ body: (_ path: String) throws -> Void
    ) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = "\(folder)/\(name)"
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        try body(path)
    }

    private func file(header: String, dataBytes: Int) -> [UInt8] {
        withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian, Array.init) + Array(header.utf8)
            + Array(repeating: 0, count: dataBytes)
    }

    @Test(
        "bytes that belong to no tensor are refused, wherever they are",
        arguments: [
            (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, 8, 0, 4),
            (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, 8, 4, 8),
            (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, 5, 4, 5),
            (
                #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[6,10]}}"#,
                10, 4, 6
            ),
            (#"{"a":{"dtype":"F32","shape":[0],"data_offsets":[2,2]}}"#, 4, 0, 2),
            ("{}", 1, 0, 1),
        ])
    func unusedBytes(header: String, dataBytes: Int, begin: Int, end: Int) throws {
        try withFile(file(header: header, dataBytes: dataBytes)) { path in
            #expect(throws: SafetensorsError.unusedBytes(file: path, begin: begin, end: end)) {
                try SafetensorsFile(path)
            }
        }
    }

    @Test("tensors of no bytes may lie where others begin and end")
    func emptyTensors() throws {
        let header =
            #"{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"#
            + #""c":{"dtype":"F16","shape":[2,0],"data_offsets":[4,4]}}"#
        try withFile(file(header: header, dataBytes: 4)) { path in
            let entries = try SafetensorsFile(path).entries
            #expect(entries.count == 3)
        }
    }

    /// A file's first bytes, and what it is.
    struct Sample: Sendable {
        let bytes: [UInt8]
        let format: ForeignFormat

        init(_ format: ForeignFormat, _ text: String) { (self.format, bytes) = (format, Array(text.utf8)) }

        init(_ format: ForeignFormat, _ bytes: [UInt8]) { (self.format, self.bytes) = (format, bytes) }

        static let all = [
            Sample(.gitLFSPointer, "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n"),
            Sample(.torchArchive, "PK\u{3}\u{4}" + String(repeating: "x", count: 60)),
            Sample(.pickle, [0x80, 0x02, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9]),
            Sample(.pickle, [0x80, 0x04, 0x95, 0x0A, 0x01, 0x00, 0x00, 0x00, 0x00]),
            Sample(.gguf, "GGUF" + String(repeating: "x", count: 60)),
            Sample(.hdf5, [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]),
            Sample(.gzip, [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0]),
            Sample(.webPage, "\n<!DOCTYPE html><html>"),
        ]
    }

    @Test("a file of another kind is called what it is", arguments: Sample.all)
    func foreign(sample: Sample) throws {
        try withFile(sample.bytes) { path in
            let expected = SafetensorsError.foreign(file: path, format: sample.format)
            #expect(throws: expected) { try SafetensorsFile(path) }
            #expect(expected.description.contains(path))
            #expect(expected.description.hasSuffix("."))
        }
    }

    @Test("a folder that has only pickles says so", arguments: ["pytorch_model.bin", "model.ckpt", "unet.pt"])
    func pickles(name: String) throws {
        try withFile([0x80, 2], as: name) { _ in
            #expect(throws: SafetensorsError.foreignWeights(folder: folder, found: name, format: .pickle)) {
                try Weights(folder: folder)
            }
        }
    }

    @Test("a tensor that is larger than all memory is refused, not tried")
    func enormousTensor() throws {
        // A file with a hole in it, which takes no room on the disk.
        let bytes = 1 << 43
        let header = #"{"a":{"dtype":"F32","shape":[\#(bytes / 4)],"data_offsets":[0,\#(bytes)]}}"#
        try withFile(file(header: header, dataBytes: 0)) { path in
            let size = off_t(8 + header.utf8.count + bytes)
            // Where the file system holds no such file, there is nothing to try.
            guard truncate(path, size) == 0 else { return }
            let device = Device(threads: 1)
            guard let file = try? SafetensorsFile(path) else { return }
            #expect(throws: SafetensorsError.outOfMemory(file: path, tensor: "a", bytes: bytes)) {
                try file.tensor("a", on: device)
            }
        }
    }
}
