import Foundation
import NeuralNetwork
import TestSupport
import Testing

@Suite("Safetensors files")
struct SafetensorsTests {
    private let device = Device(threads: 2)
    private let folder = TemporaryFolder()

    // MARK: What is read

    @Test("a file written by the Python library is read exactly, every 16-bit value of both kinds included")
    func readsTheLibrarysFile() throws {
        let file = try SafetensorsFile(Fixtures.url("safetensors/library.safetensors").path)
        #expect(file.metadata == ["note": "höchst \"genau\""])

        let half = try file.tensor("every.float16", shape: [256, 256], on: device).elements
        let brain = try file.tensor("every.bfloat16", on: device).elements
        for pattern in 0..<1 << 16 {
            let bits = UInt16(pattern)
            let expected = Self.binary16(bits)
            #expect(half[pattern].bitPattern == expected.bitPattern || (half[pattern].isNaN && expected.isNaN))
            #expect(brain[pattern].bitPattern == UInt32(bits) << 16)
        }
        let single = try file.tensor("some.float32", on: device).elements.map(\.bitPattern)
        #expect(
            single == [
                0, 0x8000_0000, Float(1).bitPattern, Float(-1.5).bitPattern,
                1, 0x007F_FFFF, Float.infinity.bitPattern, 0x7FC0_0000,
            ])
        let scalar = try file.tensor("a.scalar", shape: [], on: device)
        #expect(scalar.shape == [] && scalar.elements == [3.25])
        let nothing = try file.tensor("nothing", on: device)
        #expect(nothing.shape == [3, 0, 2] && nothing.elements == [])
    }

    /// The value of a binary16, from its definition.
    private static func binary16(_ bits: UInt16) -> Float {
        let sign: Float = bits >> 15 == 0 ? 1 : -1
        let exponent = Int(bits >> 10 & 31)
        let mantissa = Float(bits & 1023)
        switch exponent {
        case 0: return sign * mantissa * Float(sign: .plus, exponent: -24, significand: 1)
        case 31: return mantissa == 0 ? sign * .infinity : .nan
        default: return sign * (1024 + mantissa) * Float(sign: .plus, exponent: exponent - 25, significand: 1)
        }
    }

    @Test("integers are named and weighed but not read as numbers of the network")
    func refusesIntegers() throws {
        let file = try SafetensorsFile(Fixtures.url("safetensors/library.safetensors").path)
        #expect(file.entries["embeddings.position_ids"]?.elementType == .int64)
        #expect(
            throws: SafetensorsError.unreadableElementType(
                tensor: "embeddings.position_ids", place: file.path, type: .int64)
        ) { try file.tensor("embeddings.position_ids", on: device) }
        let bytes = try file.withBytes(of: "embeddings.position_ids") { bytes, _ in Array(bytes) }
        #expect(bytes.count == 56 && bytes[8] == 1 && bytes[48] == 6)
    }

    @Test("a tensor can be read again after its pages were let go")
    func readsTwice() throws {
        let values = (0..<100_000).map { Float($0) }
        let path = try folder.write(Safetensors(["a": .floats(values), "b": .floats([7])]).bytes)
        let file = try SafetensorsFile(path)
        for _ in 0..<2 {
            #expect(try file.tensor("a", on: device).elements == values)
            #expect(try file.tensor("b", on: device).elements == [7])
        }
    }

    @Test("reading a file's tensors one after the other does not hold the file in memory")
    func letsGoOfPages() throws {
        let count = 4 << 20
        let path = try folder.write(Safetensors(["a": .floats(Array(repeating: 1, count: count))]).bytes)
        let file = try SafetensorsFile(path)
        try file.withBytes(of: "a") { bytes, _ in
            #expect(bytes.reduce(0) { $0 &+ Int($1) } > 0)
        }
        let before = try Self.residentFileBytes()
        _ = try file.tensor("a", on: device)
        let after = try Self.residentFileBytes()
        #expect(before - after > 3 * count)
    }

    /// The bytes of mapped files that are in this process's memory.
    private static func residentFileBytes() throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("RssFile:") })
        return 1024 * (try #require(Int(line.split(separator: " ")[1].filter(\.isNumber))))
    }

    @Test(
        "what is no text among the remarks is left out",
        arguments: [
            (
                #"{"__metadata__":{"epoch":3,"loss":-1.5e-3,"format":"pt","tags":["a",{"b":null}],"done":true}}"#,
                ["format": "pt"]
            ),
            (#"{"__metadata__":null}"#, [:]), (#"{"__metadata__":{"step":null}}"#, [:]),
        ])
    func unusualMetadata(header: String, metadata: [String: String]) throws {
        #expect(try SafetensorsFile(try folder.write(Safetensors.file(header: header, data: []))).metadata == metadata)
    }

    @Test("unknown fields of a tensor, white space and an empty file of tensors are allowed")
    func readsUnusualHeaders() throws {
        let empty = try SafetensorsFile(try folder.write(Safetensors.file(header: "{}", data: [])))
        #expect(empty.entries.isEmpty && empty.metadata.isEmpty)
        let header = """
            {"w" : { "dtype":"F32", "shape" : [ 1 ], "more": [{"x": null}, true, false, -1.5e3, "\\u00e9\\ud83d\\ude00"],
             "data_offsets":[0,4]} }   \n
            """
        let file = try SafetensorsFile(try folder.write(Safetensors.file(header: header, data: [0, 0, 0x80, 0x3F])))
        #expect(try file.tensor("w", on: device).elements == [1])
    }

    @Test("element types of the format that no network here uses are named, not rejected")
    func knowsEveryType() throws {
        for type in SafetensorsElementType.allCases {
            let bytes = type.bits
            let header = #"{"t":{"dtype":"\#(type.rawValue)","shape":[8],"data_offsets":[0,\#(bytes)]}}"#
            let path = try folder.write(Safetensors.file(header: header, data: Array(repeating: 0, count: bytes)))
            let file = try SafetensorsFile(path)
            #expect(file.entries["t"]?.elementType == type)
            if type.isReadable {
                #expect(try file.tensor("t", on: device).elements == Array(repeating: 0, count: 8))
            } else {
                #expect(throws: SafetensorsError.self) { try file.tensor("t", on: device) }
            }
        }
    }

    // MARK: What is refused

    @Test("every truncation of a file is refused")
    func refusesTruncations() throws {
        let bytes = Safetensors(["a": .floats([1, 2, 3]), "b": .floats([4])]).bytes
        _ = try SafetensorsFile(try folder.write(bytes))
        for length in 0..<bytes.count {
            let path = try folder.write(Array(bytes[..<length]))
            #expect(throws: SafetensorsError.self, "cut to \(length) bytes") { try SafetensorsFile(path) }
        }
    }

    @Test("a header with flipped bits is refused or read within the file's bounds")
    func survivesFlippedBits() throws {
        let whole = Safetensors(["first": .floats([1, 2, 3]), "second": .floats([4, 5])]).bytes
        var random = SeededGenerator(seed: 20_260_801)
        for _ in 0..<500 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let position = Int.random(in: 0..<whole.count - 20, using: &random)
                bytes[position] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            }
            let path = try folder.write(bytes)
            guard let file = try? SafetensorsFile(path) else { continue }
            for (name, entry) in file.entries where entry.elementType.isReadable {
                #expect(try file.tensor(name, on: device).count == entry.shape.reduce(1, *))
            }
        }
    }

    @Test(
        "each defect of a header has its own error",
        arguments: [
            ("[]", "malformedHeader"),
            (" {}", "malformedHeader"),
            ("{ ", "malformedHeader"),
            ("{} x", "malformedHeader"),
            (#"{"a":1}"#, "malformedHeader"),
            (#"{"a":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}}"#, "malformedHeader"),
            (#"{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#, "malformedHeader"),
            (#"{"a":{"dtype":"F32","shape":[01],"data_offsets":[0,4]}}"#, "malformedHeader"),
            (#"{"a":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,4]}}"#, "malformedHeader"),
            (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}"#, "malformedHeader"),
            (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,4]}}"#, "malformedHeader"),
            (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},}"#, "malformedHeader"),
            (#"{"a":{"dtype":"F32","shape":[1,],"data_offsets":[0,4]}}"#, "malformedHeader"),
            ("{\"a\u{1}\":{}}", "malformedHeader"),
            (#"{"\ud800":{}}"#, "malformedHeader"),
            (#"{"__metadata__":{"format":}}"#, "malformedHeader"), (#"{"__metadata__":[1]}"#, "malformedHeader"),
            (#"{"__metadata__":{"a":1,"a":"2"}}"#, "duplicateKey"),
            (#"{"__metadata__":{"a":"1","a":"2"}}"#, "duplicateKey"),
            (#"{"__metadata__":{},"__metadata__":{}}"#, "duplicateKey"),
            (
                #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
                "duplicateKey"
            ),
            (
                #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"\u0061":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
                "duplicateKey"
            ),
            (#"{"a":{"dtype":"F32","dtype":"F16","shape":[1],"data_offsets":[0,4]}}"#, "duplicateKey"),
            (#"{"a":{"shape":[1],"data_offsets":[0,4]}}"#, "missingField"),
            (#"{"a":{"dtype":"F32","data_offsets":[0,4]}}"#, "missingField"),
            (#"{"a":{"dtype":"F32","shape":[1]}}"#, "missingField"),
            (#"{"a":{"dtype":"F33","shape":[1],"data_offsets":[0,4]}}"#, "unknownElementType"),
            (#"{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,4]}}"#, "shapeTooLarge"),
            (
                #"{"a":{"dtype":"F32","shape":[1099511627776,1099511627776,0],"data_offsets":[0,0]}}"#,
                "shapeTooLarge"
            ),
            (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[8,4]}}"#, "offsets"),
            (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[5,9]}}"#, "offsets"),
            (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#, "length"),
            (
                #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F16","shape":[1],"data_offsets":[3,5]}}"#,
                "overlap"
            ),
        ])
    func namesDefects(header: String, expected: String) throws {
        let path = try folder.write(Safetensors.file(header: header, data: Array(repeating: 0, count: 8)))
        let error = try #require(throws: SafetensorsError.self) { try SafetensorsFile(path) }
        #expect("\(Mirror(reflecting: error).children.first?.label ?? "")" == expected)
        #expect(error.description.contains(path) && error.description.hasSuffix("."))
    }

    @Test("a header that is not UTF-8, too deep, or of an impossible length is refused")
    func refusesHostileHeaders() throws {
        var latin = Safetensors.file(header: #"{"a?":{}}"#, data: [])
        latin[8 + 3] = 0xE9
        #expect(throws: SafetensorsError.self) { try SafetensorsFile(try folder.write(latin)) }

        let deep = #"{"a":{"x":"# + String(repeating: "[", count: 1_000_000)
        #expect(throws: SafetensorsError.self) {
            try SafetensorsFile(try folder.write(Safetensors.file(header: deep, data: [])))
        }
        for length in [0, 1, 3, 100_000_001, UInt64(Int.max), .max] {
            let bytes = withUnsafeBytes(of: length.littleEndian, Array.init) + Array("{}".utf8)
            let path = try folder.write(bytes)
            #expect(throws: SafetensorsError.headerLength(file: path, length: length, allowed: 2)) {
                try SafetensorsFile(path)
            }
        }
    }

    @Test("a path that is no file is refused, a pipe without waiting for it")
    func refusesOtherThanFiles() throws {
        #expect(throws: SafetensorsError.notAFile(file: folder.path)) { try SafetensorsFile(folder.path) }
        let pipe = folder.path + "/pipe.safetensors"
        #expect(mkfifo(pipe, 0o600) == 0)
        #expect(throws: SafetensorsError.notAFile(file: pipe)) { try SafetensorsFile(pipe) }
        #expect(throws: SafetensorsError.self) { try SafetensorsFile(folder.path + "/none.safetensors") }
    }

    @Test("an error cuts and escapes the names that a file gives it")
    func errorsAreSafeToPrint() {
        let name = "\u{1B}[31m" + String(repeating: "x", count: 100_000)
        let text = SafetensorsError.missing(tensor: name, place: "f").description
        #expect(text.utf8.count < 500 && !text.unicodeScalars.contains("\u{1B}"))
    }
}

@Suite("Weights of a component")
struct WeightsTests {
    private let device = Device(threads: 1)
    private let folder = TemporaryFolder()

    @Test("a scope is a view of the names below it", arguments: Weights.fileNames.filter { $0.hasSuffix("s") })
    func scopes(fileName: String) throws {
        try folder.write(
            Safetensors(["a.b.weight": .floats([1, 2]), "a.b.bias": .floats([3]), "ab.weight": .floats([4])]).bytes,
            as: fileName)
        let weights = try Weights(folder: folder.path)
        let scope = weights["a"]["b"]
        #expect(scope.prefix == "a.b." && scope.names == ["bias", "weight"])
        #expect(scope.contains("weight") && !scope.contains("b.weight") && !weights.contains("weight"))
        #expect(scope.shape(of: "weight") == [2] && scope.shape(of: "none") == nil)
        #expect(scope.elementType(of: "bias") == .float32)
        #expect(try scope.tensor("weight", shape: [2], on: device).elements == [1, 2])
        #expect(weights.totalBytes == 16 && scope.totalBytes == 12)
    }

    @Test("a missing tensor and a wrong shape are named in full")
    func namesWhatIsWrong() throws {
        let path = try folder.write(Safetensors(["a.b.weight": .floats([1, 2])]).bytes, as: "model.safetensors")
        let scope = try Weights(folder: folder.path)["a.b"]
        #expect(throws: SafetensorsError.missing(tensor: "a.b.bias", place: path)) {
            try scope.tensor("bias", on: device)
        }
        #expect(throws: SafetensorsError.shape(tensor: "a.b.weight", place: path, found: [2], expected: [2, 1])) {
            try scope.tensor("weight", shape: [2, 1], on: device)
        }
    }

    @Test("the only file is taken whatever its name, and two unknown ones are refused")
    func choosesAFile() throws {
        #expect(throws: SafetensorsError.noWeights(folder: folder.path, found: [])) {
            try Weights(folder: folder.path)
        }
        try folder.write(Safetensors(["a": .floats([1])]).bytes, as: "lora.safetensors")
        #expect(try Weights(folder: folder.path).names == ["a"])
        try folder.write(Safetensors(["b": .floats([1])]).bytes, as: "other.safetensors")
        #expect(
            throws: SafetensorsError.noWeights(folder: folder.path, found: ["lora.safetensors", "other.safetensors"])
        ) {
            try Weights(folder: folder.path)
        }
        try folder.write(Safetensors(["c": .floats([1])]).bytes, as: "model.fp16.safetensors")
        #expect(try Weights(folder: folder.path).names == ["c"])
        try folder.write(Safetensors(["d": .floats([1])]).bytes, as: "model.safetensors")
        #expect(try Weights(folder: folder.path).names == ["d"])
        #expect(throws: SafetensorsError.self) { try Weights(folder: folder.path + "/none") }
    }

    @Test("shards are read as one")
    func readsShards() throws {
        try folder.write(Safetensors(["a": .floats([1])]).bytes, as: "model-00001-of-00002.safetensors")
        try folder.write(Safetensors(["b.c": .floats([2, 3])]).bytes, as: "model-00002-of-00002.safetensors")
        try folder.write(
            Array(
                """
                {"metadata":{"total_size":12},
                 "weight_map":{"a":"model-00001-of-00002.safetensors","b.c":"model-00002-of-00002.safetensors"}}
                """.utf8), as: "model.safetensors.index.json")
        let weights = try Weights(folder: folder.path)
        #expect(weights.names == ["a", "b.c"] && weights.totalBytes == 12)
        #expect(try weights["b"].tensor("c", on: device).elements == [2, 3])
    }

    @Test(
        "an index cannot lead out of its folder, nor to what is not there",
        arguments: [
            #"{"weight_map":{"a":"../other/model.safetensors"}}"#,
            #"{"weight_map":{"a":"/etc/passwd"}}"#,
            #"{"weight_map":{"a":"sub\/model.safetensors"}}"#,
            #"{"weight_map":{"a":"x\u0000.safetensors"}}"#,
            #"{"weight_map":{"a":".."}}"#,
            #"{"weight_map":{"a":"none.safetensors"}}"#,
            #"{"weight_map":{"b":"shard.safetensors"}}"#,
            #"{"weight_map":{"a":"shard.safetensors","a":"shard.safetensors"}}"#,
            #"{"weight_map":["a"]}"#, #"{"metadata":{}}"#, "[]", "",
        ])
    func refusesIndexes(index: String) throws {
        try folder.write(Safetensors(["a": .floats([1])]).bytes, as: "shard.safetensors")
        try folder.write(Array(index.utf8), as: "model.safetensors.index.json")
        #expect(throws: SafetensorsError.self) { try Weights(folder: folder.path) }
    }
}

/// A safetensors file in the making.
private struct Safetensors {
    struct Content {
        let type: String
        let shape: [Int]
        let bytes: [UInt8]

        static func floats(_ values: [Float]) -> Content {
            Content(type: "F32", shape: [values.count], bytes: values.withUnsafeBytes(Array.init))
        }
    }

    let bytes: [UInt8]

    init(_ tensors: KeyValuePairs<String, Content>) {
        var entries: [String] = []
        var data: [UInt8] = []
        for (name, content) in tensors {
            entries.append(
                #""\#(name)":{"dtype":"\#(content.type)","shape":\#(content.shape),"#
                    + #""data_offsets":[\#(data.count),\#(data.count + content.bytes.count)]}"#)
            data += content.bytes
        }
        bytes = Self.file(header: "{" + entries.joined(separator: ",") + "}", data: data)
    }

    static func file(header: String, data: [UInt8]) -> [UInt8] {
        withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian, Array.init) + Array(header.utf8) + data
    }
}

/// A folder that goes when the test that made it ends.
private final class TemporaryFolder: Sendable {
    let path = FileManager.default.temporaryDirectory.appending(path: "mystarion-\(UUID().uuidString)").path

    init() { try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    @discardableResult
    func write(_ bytes: [UInt8], as name: String = "model.safetensors") throws -> String {
        let file = path + "/" + name
        // A new file each time: an old one may still be mapped by another test's reader.
        try? FileManager.default.removeItem(atPath: file)
        try Data(bytes).write(to: URL(fileURLWithPath: file))
        return file
    }
}

/// SplitMix64: the same numbers every time.
private struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }
}
