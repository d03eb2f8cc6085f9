/// What a `preprocessor_config.json` says of how pictures are made ready for CLIP.
///
/// Reference: transformers 5.23, `models/clip/image_processing_clip.py`, `CLIPImageProcessor`.
struct ImageProcessorConfiguration: Decodable, Sendable, Equatable {
    /// The length that a picture's shorter side is resized to.
    let shortestEdge: Int
    /// The side of the square that is cut out of the middle.
    let cropSize: Int
    /// What is subtracted from each channel of a picture in 0…1.
    let mean: [Float]
    /// What each channel is then divided by.
    let deviation: [Float]

    private enum CodingKeys: String, CodingKey {
        case size
        case cropSize = "crop_size"
        case resample
        case rescaleFactor = "rescale_factor"
        case mean = "image_mean"
        case deviation = "image_std"
        case resizes = "do_resize"
        case crops = "do_center_crop"
        case rescales = "do_rescale"
        case normalizes = "do_normalize"
    }

    init(from decoder: any Decoder) throws {
        let file = try ConfigurationContainer(decoder, keyedBy: CodingKeys.self)
        for key in [CodingKeys.resizes, .crops, .rescales, .normalizes] {
            try file.require(key, isOneOf: .bool(true), .null)
        }
        // Pillow's number for its bicubic filter.
        try file.require(.resample, isOneOf: .integer(3), .null)
        let factor = try file.float(.rescaleFactor, default: 1 / 255, in: 0...1)
        guard abs(factor * 255 - 1) < 1e-3 else {
            throw file.error(.unsupported, .rescaleFactor, .number(Double(factor)), "1/255")
        }
        shortestEdge = try Self.side(.size, member: "shortest_edge", in: file)
        cropSize = try Self.side(.cropSize, member: "height", in: file)
        if case .object(let members)? = try file.value(.cropSize), members["width"] != members["height"] {
            throw file.error(.unsupported, .cropSize, .object(members), "a square")
        }
        guard cropSize <= shortestEdge else {
            throw file.contradiction(.cropSize, cropSize, "at most \"size\", which is \(shortestEdge)")
        }
        mean = try Self.channels(.mean, default: [0.481_454_66, 0.457_827_5, 0.408_210_73], in: file)
        deviation = try Self.channels(.deviation, default: [0.268_629_54, 0.261_302_58, 0.275_777_11], in: file)
        guard deviation.allSatisfy({ $0 > 0 }) else {
            throw file.contradiction(.deviation, deviation, "three numbers above 0")
        }
    }

    /// A side, given as a number, or as an object's member.
    private static func side(
        _ key: CodingKeys, member: String, in file: ConfigurationContainer<CodingKeys>
    ) throws -> Int {
        switch try file.value(key) {
        case nil, .null: return 224
        case .object(let members)?:
            guard let value = members[member] else {
                throw file.error(.unsupported, key, .object(members), "an object with \"\(member)\"")
            }
            return try file.integer(value, of: key, in: 1...1024)
        case let value?: return try file.integer(value, of: key, in: 1...1024)
        }
    }

    private static func channels(
        _ key: CodingKeys, default standard: [Float], in file: ConfigurationContainer<CodingKeys>
    ) throws -> [Float] {
        guard let value = try file.value(key), value != .null else { return standard }
        guard case .array(let elements) = value, elements.count == 3 else {
            throw file.error(.wrongType, key, value, "a list of three numbers")
        }
        return try elements.map { element in
            switch element {
            case .integer(let integer): return Float(integer)
            case .number(let number): return Float(number)
            default: throw file.error(.wrongType, key, value, "a list of three numbers")
            }
        }
    }
}
