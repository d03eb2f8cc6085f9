/// How something of a request can be written where it must not be.
public enum CanaryForm: String, CaseIterable, Sendable, Codable {
    case plain = "UTF-8"
    case utf16LittleEndian = "UTF-16 LE"
    case utf16BigEndian = "UTF-16 BE"
    case utf32LittleEndian = "UTF-32 LE"
    case utf32BigEndian = "UTF-32 BE"
    case base64 = "Base64"
    case base64URL = "Base64 for addresses"
    case jsonEscaped = "escaped as in JSON"
    case percentEncoded = "percent-encoded"
    case formEncoded = "encoded as in forms"
    case hexadecimal = "hexadecimal"
    case huffman = "compressed as in HTTP/2"
    case seedNumber = "seed, 8 bytes"
    case seedText = "seed, decimal"
    case sentPixels = "sent picture, 8 bits"
    case sentFloats = "sent picture, floats"
    case sentFile = "sent picture, file"
    case sentBase64 = "sent picture, Base64"
    case madePixels = "made picture, 8 bits"
    case madeFloats = "made picture, floats"
    case madeFile = "made picture, file"
    case madeBase64 = "made picture, Base64"
    case noise = "noise"
    case latents = "latents"
    case embedding = "text embedding"
    case tokens = "tokens"

    /// Those that need the model: they are worked out by making the picture again.
    public static let deep: Set<CanaryForm> = [.noise, .latents, .embedding, .tokens, .madeFloats]
}
