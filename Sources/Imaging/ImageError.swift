/// Why a picture could not be read or written. Its sentences say what is allowed, and repeat no number of the picture.
public enum ImageError: Error, Equatable, Sendable {
    /// The file begins like none of the formats that are read.
    case unknownFormat
    /// The file is an image in a format that is not read.
    case foreignFormat(ForeignFormat)
    /// The file is larger than allowed.
    case tooManyBytes(count: Int, maximum: Int)
    /// The picture has more pixels than allowed; checked before any is read.
    case tooManyPixels(width: Int, height: Int, maximum: Int)
    /// The file ends early or its content contradicts itself.
    case damaged(ImageFormat)
    /// The file is sound, but uses a part of its format that is not read.
    case unsupported(ImageFormat, Feature)
    /// Nobody wants the picture any more.
    case cancelled
    /// The picture is larger than the format can hold, or memory ran out.
    case notEncodable(ImageFormat, width: Int, height: Int)
    /// The parameters to write beside the pixels take more bytes than the format can hold.
    case tooManyParameters(ImageFormat, count: Int, maximum: Int)

    /// A part of a format that is not read.
    public enum Feature: String, Sendable {
        /// Coding that cameras and browsers do not use, such as 12 bits a channel.
        case rareCoding = "lossless, 12-bit and other rare kinds of coding"
    }
}

extension ImageError: CustomStringConvertible {
    /// What was wrong and what is allowed, in a sentence.
    public var description: String {
        switch self {
        case .unknownFormat:
            "The file is not a picture that can be read; send a PNG, JPEG or WebP file."
        case .foreignFormat(let format):
            "This is \(format.startsWithVowel ? "an" : "a") \(format.rawValue) file; PNG, JPEG and WebP are read."
        case .tooManyBytes(_, let maximum):
            "The picture's file is larger than the \(maximum) bytes that are allowed."
        case .tooManyPixels(_, _, let maximum):
            "The picture has more than the \(maximum) pixels that are allowed."
        case .damaged(let format):
            "The \(format.name) file is damaged or ends early; save it again or send another one."
        case .unsupported(let format, let feature):
            "\(feature.rawValue.capitalizedFirst) in \(format.name) files are not read; save it as a plain picture."
        case .cancelled:
            "The picture was not read to its end, because nobody wants it any more."
        case .notEncodable(let format, _, _):
            "A picture of this size cannot be written as \(format.name); choose another format or size."
        case .tooManyParameters(let format, _, let maximum):
            "The parameters take more than the \(maximum) bytes that a \(format.name) file holds; leave them out."
        }
    }
}

extension ForeignFormat {
    /// Whether the name is spoken with a vowel at first.
    fileprivate var startsWithVowel: Bool { [.avif, .openEXR, .svg].contains(self) }
}

extension String {
    fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
