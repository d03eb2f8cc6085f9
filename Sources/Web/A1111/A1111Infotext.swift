internal import NIOCore

/// A picture's parameters as A1111 writes them: the prompt, the negative prompt, and a line of names and values.
///
/// It is made of a text that is lent, and goes before that does.
/// Reference: stable-diffusion-webui, `modules/infotext_utils.py`, `parse_generation_parameters`.
struct A1111Infotext {
    private var prompt = ""
    private var negativePrompt = ""
    private var entries: [(name: Substring, value: String)] = []

    /// Fewer names than this make the last line a part of the prompt.
    private static let fewestEntries = 3

    init(_ text: String) {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        while let line = lines.last, line.allSatisfy(\.isWhitespace) { lines.removeLast() }
        if let last = lines.last {
            let found = Self.entries(of: last)
            if found.count >= Self.fewestEntries {
                entries = found
                lines.removeLast()
            }
        }
        var isNegative = false
        for line in lines {
            var line = Self.trimmed(line)
            if line.hasPrefix("Negative prompt:") {
                isNegative = true
                line = Self.trimmed(line.dropFirst(16))
            }
            if isNegative {
                negativePrompt += (negativePrompt.isEmpty ? "" : "\n") + line
            } else {
                prompt += (prompt.isEmpty ? "" : "\n") + line
            }
        }
    }

    /// Appends an object of what it says; sizes also as two numbers each, in text like everything.
    func write(to body: inout ByteBuffer) {
        body.writeStaticString(#"{"Prompt":"#)
        body.writeJSONString(prompt)
        body.writeStaticString(#","Negative prompt":"#)
        body.writeJSONString(negativePrompt)
        func write(_ name: String, _ value: String) {
            body.writeStaticString(",")
            body.writeJSONString(name)
            body.writeStaticString(":")
            body.writeJSONString(value)
        }
        var seen: Set<Substring> = []
        for (name, value) in entries where seen.insert(name).inserted {
            let sides = value.split(separator: "x", omittingEmptySubsequences: false)
            if sides.count == 2, sides.allSatisfy({ !$0.isEmpty && $0.allSatisfy { "0"..."9" ~= $0 } }) {
                write("\(name)-1", String(sides[0]))
                write("\(name)-2", String(sides[1]))
            } else {
                write(String(name), value)
            }
        }
        if !seen.contains("Clip skip") { write("Clip skip", "1") }
        body.writeStaticString("}")
    }

    /// The names and values of a line, such as `Steps: 20, Size: 512x512, Lora hashes: "a: 1, b: 2"`.
    private static func entries(of line: Substring) -> [(name: Substring, value: String)] {
        var result: [(name: Substring, value: String)] = []
        var rest = line[...]
        while let colon = rest.firstIndex(of: ":") {
            let name = trimmed(rest[..<colon])
            // A comma inside begins a name of its own.
            guard !name.isEmpty, !name.contains(",") else {
                guard let comma = rest[..<colon].lastIndex(of: ",") else { return result }
                rest = rest[rest.index(after: comma)...]
                continue
            }
            rest = rest[rest.index(after: colon)...].drop { $0.isWhitespace }
            var value = ""
            if rest.first == "\"", let quoted = quoted(&rest) {
                value = quoted
            } else {
                let end = rest.firstIndex(of: ",") ?? rest.endIndex
                value = String(trimmed(rest[..<end]))
                rest = rest[end...]
            }
            result.append((name, value))
            guard let comma = rest.firstIndex(of: ",") else { break }
            rest = rest[rest.index(after: comma)...]
        }
        return result
    }

    /// Takes a value in quotation marks, with its escapes resolved; nil when they are never closed.
    private static func quoted(_ rest: inout Substring) -> String? {
        var value = ""
        var position = rest.index(after: rest.startIndex)
        while position < rest.endIndex {
            switch rest[position] {
            case "\"":
                rest = rest[rest.index(after: position)...]
                return value
            case "\\":
                position = rest.index(after: position)
                guard position < rest.endIndex else { return nil }
                value.append(rest[position] == "n" ? "\n" : rest[position])
            default: value.append(rest[position])
            }
            position = rest.index(after: position)
        }
        return nil
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text.drop { $0.isWhitespace }
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}
