/// How a picture came about, in the terms of the IPTC's vocabulary of digital source types.
///
/// Source: <https://cv.iptc.org/newscodes/digitalsourcetype/>.
public enum DigitalSource: String, CaseIterable, Sendable {
    /// Made by a trained model from a description.
    case trainedAlgorithmicMedia
    /// Made by a trained model from a description and another picture.
    case compositeWithTrainedAlgorithmicMedia
    /// A picture that a program without training has changed a little, such as its size.
    case algorithmicallyEnhanced

    /// The term's address.
    public var address: String { "http://cv.iptc.org/newscodes/digitalsourcetype/\(rawValue)" }
}
