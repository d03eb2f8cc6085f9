import Foundation

/// Base64 of whole files.
enum Base64Text {
    /// Bytes as Base64.
    static func encode(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }

    /// Base64 as bytes; nil when it is none.
    static func decode(_ text: some Sequence<UInt8>) -> [UInt8]? {
        Data(base64Encoded: Data(text)).map { Array($0) }
    }
}
