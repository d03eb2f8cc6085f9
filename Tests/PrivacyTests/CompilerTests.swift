import Foundation
import Testing

/// What must not compile is given to the compiler, together with the sources of the types.
@Suite("The compiler refuses")
struct CompilerTests {
    private static let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../Sources/Privacy").standardizedFileURL.path

    /// Which lines of code with a prompt, secret bytes and a redacted value at hand do not compile.
    private func refusedLines(of lines: [String]) throws -> Set<Int> {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("Lines.swift").path
        // A function a line, so that an error stays in its line.
        let parameters = "prompt: borrowing Prompt, bytes: borrowing SecretBytes, redacted: Redacted<Int>"
        let functions = lines.enumerated().map { index, line in
            "func line\(index)(\(parameters), encode: (any Encodable) -> Void) { \(line) }"
        }
        try Data(functions.joined(separator: "\n").utf8).write(to: URL(fileURLWithPath: file))
        let compiler = Process()
        compiler.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        compiler.arguments =
            ["swiftc", "-typecheck", "-swift-version", "6", "-package-name", "mystarion", file]
            + ["Prompt", "SecretBytes", "Redacted"].map { "\(Self.sources)/\($0).swift" }
        let pipe = Pipe()
        compiler.standardError = pipe
        compiler.standardOutput = FileHandle.nullDevice
        try compiler.run()
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        compiler.waitUntilExit()
        let errors = output.split(separator: "\n").filter { $0.hasPrefix(file) && $0.contains("error:") }
        return Set(errors.compactMap { $0.dropFirst(file.count + 1).split(separator: ":").first.flatMap { Int($0) } })
    }

    @Test("to print, describe, reflect, compare, encode, box or collect what is private, and nothing else")
    func refusals() throws {
        let allowed = ["print(prompt.withText { $0.count }, bytes.count)", #"print("\(redacted)")"#]
        let refused = [
            #"print(prompt)"#, #"_ = "\(prompt)""#, #"_ = String(describing: prompt)"#, #"dump(prompt)"#,
            #"_ = "\(bytes)""#, #"print(bytes)"#, #"_ = Mirror(reflecting: bytes)"#, #"_ = prompt == prompt"#,
            #"_ = bytes == bytes"#, #"_ = redacted == redacted"#, #"_ = redacted.hashValue"#, #"encode(prompt)"#,
            #"encode(bytes)"#, #"encode(redacted)"#, #"let list = [prompt]"#, #"let box: Any = prompt"#,
            #"let error: any Error = prompt"#,
        ]
        let lines = try refusedLines(of: allowed + refused)
        for (index, line) in (allowed + refused).enumerated() {
            #expect(lines.contains(index + 1) == (index >= allowed.count), "\(line)")
        }
    }
}
