#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The files in which the kernel says how it is doing, below `/` or, in tests, below a folder that looks like it.
package struct SystemFiles: Sendable {
    /// What stands before every path; empty for the machine's own files.
    package let root: String

    /// The most bytes that are read of a file.
    private static let maximumBytes = 1 << 20

    /// Names the folder that stands for `/`.
    package init(root: String = "") { self.root = root }

    /// A file's text; nil where there is none, or none that can be read.
    package func text(of path: String) -> String? {
        guard let file = fopen(root + path, "re") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        while bytes.count < Self.maximumBytes {
            let more = [UInt8](unsafeUninitializedCapacity: 1 << 14) { buffer, count in
                count = fread(buffer.baseAddress, 1, buffer.count, file)
            }
            if more.isEmpty { break }
            bytes += more
        }
        return String(validating: bytes, as: UTF8.self)
    }

    /// The whole number that a file holds; nil where it holds none, such as `max`.
    package func number(in path: String) -> Int? { text(of: path).flatMap { Self.number($0) } }

    /// The whole number that a text is, but for white space around it.
    package static func number(_ text: some StringProtocol) -> Int? {
        let words = text.split(whereSeparator: \.isWhitespace)
        return words.count == 1 ? Int(words[0]) : nil
    }
}
