internal import NIOCore
internal import Privacy

extension ByteBuffer {
    /// Appends a prompt as a JSON string with its quotation marks.
    mutating func writeJSONString(_ prompt: borrowing Prompt) {
        prompt.withUTF8 { writeJSONString(utf8: $0) }
    }

    /// Appends a prompt's UTF-8.
    mutating func write(_ prompt: borrowing Prompt) {
        prompt.withUTF8 { utf8 in
            for index in utf8.indices { writeInteger(utf8[index]) }
        }
    }

    /// Overwrites what it holds, which nobody else may share.
    mutating func erase() {
        withUnsafeMutableReadableBytes { bytes in
            if let address = bytes.baseAddress { eraseMemory(address, count: bytes.count) }
        }
    }
}
