import Foundation
import Privacy
import Studio

/// Text that is piped in.
enum StandardInput {
    /// Reads all of standard input as a prompt, without the line break at its end.
    static func prompt() throws -> Prompt {
        // More bytes than the longest prompt can have are not worth reading.
        let limit = RequestLimits().maximumPromptLength * 4 + 2
        var bytes: [UInt8] = []
        while bytes.count <= limit, let data = try? FileHandle.standardInput.read(upToCount: limit), !data.isEmpty {
            bytes += data
        }
        while bytes.last == UInt8(ascii: "\n") || bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        guard let prompt = Prompt(validating: bytes.span) else {
            throw Failure(.badData, "standard input is not UTF-8 text.")
        }
        return prompt
    }
}
