internal import NIOCore

extension ByteBuffer {
    /// Appends `text` as a JSON string with its quotation marks.
    mutating func writeJSONString(_ text: String) {
        writeInteger(UInt8(ascii: "\""))
        for byte in text.utf8 { writeJSONByte(byte) }
        writeInteger(UInt8(ascii: "\""))
    }

    /// Appends UTF-8 as a JSON string with its quotation marks, without an ordinary string in between.
    mutating func writeJSONString(utf8: Span<UInt8>) {
        writeInteger(UInt8(ascii: "\""))
        for index in utf8.indices { writeJSONByte(utf8[index]) }
        writeInteger(UInt8(ascii: "\""))
    }

    private mutating func writeJSONByte(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): writeStaticString("\\\"")
        case UInt8(ascii: "\\"): writeStaticString("\\\\")
        case 0..<0x20:
            writeStaticString("\\u00")
            writeString(byte < 16 ? "0" : "1")
            writeString(String(byte & 15, radix: 16))
        default: writeInteger(byte)
        }
    }

    /// Appends bytes in Base64 (RFC 4648), with padding.
    mutating func writeBase64(_ bytes: [UInt8]) {
        let count = (bytes.count + 2) / 3 * 4
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        writeWithUnsafeMutableBytes(minimumWritableBytes: count) { target in
            var (index, written) = (0, 0)
            while index < bytes.count {
                let present = min(3, bytes.count - index)
                var group: UInt32 = 0
                for offset in 0..<3 { group = group << 8 | (offset < present ? UInt32(bytes[index + offset]) : 0) }
                for position in 0..<4 {
                    let digit = alphabet[Int(group >> (18 - 6 * UInt32(position)) & 63)]
                    target[written + position] = position <= present ? digit : UInt8(ascii: "=")
                }
                index += 3
                written += 4
            }
            return count
        }
    }

    /// Bytes in Base64 (RFC 4648), with padding.
    init(base64 bytes: [UInt8]) {
        self.init()
        writeBase64(bytes)
    }
}
