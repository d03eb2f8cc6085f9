import Testing
import Web

@Suite("Forms with files")
struct MultipartParserTests {
    /// The fields of a form and their contents, or why there are none.
    private func fields(_ body: String, boundary: String = "x") -> Result<[String: String], MultipartError> {
        fields(Array(body.utf8), boundary: boundary)
    }

    private func fields(_ body: [UInt8], boundary: String = "x") -> Result<[String: String], MultipartError> {
        guard let boundary = MultipartBoundary(boundary) else { return .failure(.badBoundary) }
        return Result { () throws(MultipartError) in
            let parts = try MultipartParser.parse(body.span, boundary: boundary)
            return Dictionary(parts.map { ($0.name, String(decoding: body[$0.content], as: UTF8.self)) }) {
                $0 + "|" + $1
            }
        }
    }

    @Test("have fields whose contents are kept as they are")
    func contents() {
        let body =
            "--x\r\nContent-Disposition: form-data; name=\"prompt\"\r\n\r\na \"fox\"\r\n\r\n-- x is not the end\r\n"
            + "--x \t\r\ncontent-disposition:form-data;filename=\"C:\\a;b.png\"; name=image\r\n"
            + "Content-Type: image/png\r\n\r\n\r\n--\r\n--x--\r\nand more"
        #expect(fields(body) == .success(["prompt": "a \"fox\"\r\n\r\n-- x is not the end", "image": "\r\n--"]))
    }

    @Test("may begin with a preamble and end without a line")
    func preamble() {
        let body = "hello\r\n--x\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--x--"
        #expect(fields(body) == .success(["a": "1"]))
    }

    @Test("may have empty fields, with and without a line of their own")
    func empty() {
        let head = "--x\r\nContent-Disposition: form-data; name=a\r\n"
        #expect(fields(head + "\r\n\r\n--x--") == .success(["a": ""]))
        #expect(fields(head + "\r\n--x--") == .success(["a": ""]))
        #expect(fields("--x--") == .success([:]))
    }

    @Test("may name fields with quotation marks and brackets")
    func names() {
        func name(_ parameter: String) -> Result<[String: String], MultipartError> {
            fields("--x\r\nContent-Disposition: form-data; \(parameter)\r\n\r\n1\r\n--x--")
        }
        #expect(name(#"name="image[]""#) == .success(["image[]": "1"]))
        #expect(name(#"name="a\"b\\c\d""#) == .success([#"a"b\c\d"#: "1"]))
        #expect(name(#"NAME="é";"#) == .success(["é": "1"]))
        #expect(name(#"filename="name=x"; name=y"#) == .success(["y": "1"]))
        #expect(name(#"name="""#) == .success(["": "1"]))
        for wrong in [#"name="a"#, #"name="a"; name="b""#, "name", "name=", #"name="a" b"#, "=a"] {
            #expect(throws: MultipartError.self, "\(wrong)") { try name(wrong).get() }
        }
        for missing in ["", "filename=a"] { #expect(name(missing) == .failure(.noName(offset: 5))) }
    }

    @Test("are refused where they are not well-formed")
    func malformed() {
        let head = "--x\r\nContent-Disposition: form-data; name=a\r\n\r\n"
        #expect(fields("") == .failure(.endsEarly))
        #expect(fields("--y\r\n") == .failure(.endsEarly))
        #expect(fields("--x") == .failure(.endsEarly))
        #expect(fields(head + "1") == .failure(.endsEarly))
        #expect(fields(head + "1\r\n--x") == .failure(.endsEarly))
        #expect(fields(head + "1\n--x--") == .failure(.endsEarly))
        #expect(fields(head + "1\r\n--xyz") == .failure(.unexpected(offset: head.utf8.count + 6)))
        #expect(fields("--x\r\nnonsense\r\n\r\n1\r\n--x--") == .failure(.badHeader(offset: 5)))
        #expect(fields("--x\r\nContent-Type: a/b\r\n\r\n1\r\n--x--") == .failure(.noName(offset: 5)))
        #expect(
            fields("--x\r\nContent-Disposition: attachment; name=a\r\n\r\n1\r\n--x--") == .failure(.noName(offset: 5)))
        let encoded = head.replacing("\r\n\r\n", with: "\r\nContent-Transfer-Encoding: base64\r\n\r\n")
        #expect(fields(encoded + "1\r\n--x--") == .failure(.encoded(offset: 5)))
        #expect(fields(encoded.replacing("base64", with: "8bit") + "1\r\n--x--") == .success(["a": "1"]))
    }

    @Test("are bounded in parts and headers")
    func bounds() {
        let part = "--x\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n"
        let most = MultipartParser.maximumParts
        #expect(throws: Never.self) { try fields(String(repeating: part, count: most) + "--x--").get() }
        #expect(
            fields(String(repeating: part, count: most + 1) + "--x--") == .failure(.tooManyParts(maximum: most)))
        let long = String(repeating: "y", count: MultipartParser.maximumHeaderBytes)
        #expect(
            fields("--x\r\nX: \(long)\r\n\r\n1\r\n--x--")
                == .failure(.longHeader(offset: 5, maximum: MultipartParser.maximumHeaderBytes)))
    }

    @Test(
        "have a boundary in their media type",
        arguments: [
            ("multipart/form-data; boundary=x", true),
            ("Multipart/Form-Data;charset=utf-8;Boundary=\"a b'(),./:=?\"", true),
            ("multipart/form-data", false), ("multipart/form-data; boundary=", false),
            ("multipart/form-data; boundary=\"\"", false), ("multipart/form-data; boundary=\"a \"", false),
            ("multipart/form-data; boundary=\"a\r\nb\"", false), ("multipart/form-data; boundary=a; boundary=b", false),
            ("multipart/form-data; boundary=\(String(repeating: "a", count: 70))", true),
            ("multipart/form-data; boundary=\(String(repeating: "a", count: 71))", false),
        ])
    func boundary(contentType: String, isSound: Bool) {
        #expect(((try? MultipartBoundary(contentType: contentType)) != nil) == isSound)
    }

    @Test("never lead out of their bytes, however damaged they are")
    func fuzz() throws {
        let boundary = try #require(MultipartBoundary("x"))
        let sound = Array(
            ("--x\r\nContent-Disposition: form-data; name=\"prompt\"\r\n\r\nred heart\r\n"
                + "--x\r\nContent-Disposition: form-data; name=\"image\"; filename=\"a\\\"b.png\"\r\n"
                + "Content-Type: image/png\r\nContent-Transfer-Encoding: binary\r\n\r\n\u{0}\r\n--\r\n--x--\r\n").utf8)
        let pieces = ["\r\n", "--x", "--", "\"", ";", "=", ":", "\\", "name", "\r", "\n"].map { Array($0.utf8) }
        var random = SystemRandomNumberGenerator()
        var accepted = 0
        for _ in 0..<20_000 {
            var body = sound
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let index = Int.random(in: 0...body.count, using: &random)
                let end = min(body.count, index + Int.random(in: 0...12, using: &random))
                switch Int.random(in: 0..<4, using: &random) {
                case 0: body.removeSubrange(index..<end)
                case 1: body.insert(contentsOf: pieces.randomElement(using: &random) ?? [], at: index)
                case 2: body.replaceSubrange(index..<end, with: (index..<end).map { _ in UInt8.random(in: 0...255) })
                default: body = Array(body[..<index])
                }
            }
            guard let parts = try? MultipartParser.parse(body.span, boundary: boundary) else { continue }
            accepted += 1
            var last = 0
            for part in parts {
                #expect(part.content.lowerBound >= last && part.content.upperBound <= body.count)
                last = part.content.upperBound
            }
        }
        #expect(accepted > 100, "the damage must not always be found at once")
    }
}
