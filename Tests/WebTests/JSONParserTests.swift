import Foundation
import Testing
import Web

@Suite("The JSON reader")
struct JSONParserTests {
    @Test("arrays and objects are read with their order and places")
    func nested() throws {
        let text = #"{"images":[{"image_url":"data:,"},null],"n":[1,-2.5e3,true]}"#
        guard case .object(let members) = try parse(text) else {
            Issue.record("not an object")
            return
        }
        #expect(members.map(\.name) == ["images", "n"])
        guard case .array(let images) = members[0].value, case .object(let image) = images[0],
            case .string(let url) = image[0].value, case .null = images[1],
            case .array(let numbers) = members[1].value, case .number(let number) = numbers[1]
        else {
            Issue.record("not as written")
            return
        }
        let bytes = Array(text.utf8)
        #expect(String(decoding: bytes[url.range], as: UTF8.self) == "data:,")
        #expect(String(decoding: bytes[number], as: UTF8.self) == "-2.5e3")
    }

    @Test("a document of too many values is refused before they take memory")
    func tooMany() {
        let error = #expect(throws: JSONError.self) { try parse("[" + String(repeating: "0,", count: 1 << 20) + "0]") }
        #expect(error == .tooMany(maximum: JSONParser.maximumValues))
    }

    @Test("a name that is too long is refused")
    func longName() {
        let name = String(repeating: "x", count: JSONParser.maximumNameLength + 1)
        let error = #expect(throws: JSONError.self) { try parse(#"{"\#(name)":0}"#) }
        #expect(error == .longName(offset: 1, maximum: JSONParser.maximumNameLength))
    }

    @Test("altered documents are read as Foundation reads them, or refused")
    func fuzz() throws {
        var generator = SystemRandomNumberGenerator()
        let seed = Array(
            #"{"a":[1,{"b":"x\n\u00e9"},null,true,-0.5e-1],"c":{"d":[],"e":"\ud83d\ude00 é"},"f":false}"#.utf8)
        let alphabet = Array(#"{}[]:,"\u0123456789eE+-.truefalsn "#.utf8)
        for _ in 0..<20_000 {
            var text = seed
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let place = Int.random(in: text.indices, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: text[place] = alphabet.randomElement(using: &generator) ?? 0
                case 1: text.remove(at: place)
                default: text.insert(.random(in: .min ... .max, using: &generator), at: place)
                }
            }
            if (try? JSONParser.parse(text.span)) != nil {
                #expect(throws: Never.self) {
                    try JSONSerialization.jsonObject(with: Data(text), options: .fragmentsAllowed)
                }
            }
        }
    }

    private func parse(_ text: String) throws -> JSONValue {
        let bytes = Array(text.utf8)
        return try JSONParser.parse(bytes.span)
    }
}
