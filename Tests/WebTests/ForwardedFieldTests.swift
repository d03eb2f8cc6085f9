import HTTPTypes
import Testing
import Web

@Suite("Whose request a proxy passes on")
struct ForwardedFieldTests {
    @Test(
        "X-Forwarded-For: the last element counts, with or without a port",
        arguments: [
            ("192.0.2.7", [4, 192, 0, 2, 7]),
            ("203.0.113.9, 192.0.2.7", [4, 192, 0, 2, 7]),
            ("canary,192.0.2.7 ", [4, 192, 0, 2, 7]),
            ("192.0.2.7:4711", [4, 192, 0, 2, 7]),
            ("2001:db8:1:2ff::7", [6, 0x20, 0x01, 0x0d, 0xb8, 0, 1, 2]),
            ("[2001:db8:1:2ff::7]:4711", [6, 0x20, 0x01, 0x0d, 0xb8, 0, 1, 2]),
            ("::ffff:192.0.2.7", [4, 192, 0, 2, 7]),
        ] as [(String, [UInt8])])
    func lastElement(text: String, bytes: [UInt8]) {
        #expect(read(.xForwardedFor, [text]) == bytes)
    }

    @Test(
        "what is not an address is none",
        arguments: [
            "", " ", ",", "192.0.2.7,", "unknown", "_hidden", "localhost", "192.0.2", "192.0.2.256", "192.0.2.7:",
            "192.0.2.7:99999", "192.0.2.7:4x", "[192.0.2.7]", "[2001:db8::1", "2001:db8::1]", "[2001:db8::1]x",
            "fe80::1%eth0", "2001:db8::1::2", "0x7f.1", String(repeating: "1", count: 10_000),
        ])
    func notAnAddress(text: String) {
        #expect(read(.xForwardedFor, [text]) == nil)
    }

    @Test("of several fields the last one counts")
    func severalFields() {
        #expect(read(.xForwardedFor, ["192.0.2.1", "192.0.2.7"]) == [4, 192, 0, 2, 7])
    }

    @Test(
        "Forwarded: the last element's for, quoted where it has to be",
        arguments: [
            ("for=192.0.2.7", [4, 192, 0, 2, 7]),
            ("For=192.0.2.7;proto=https;by=203.0.113.43", [4, 192, 0, 2, 7]),
            ("for=203.0.113.9, for=\"192.0.2.7:47\"", [4, 192, 0, 2, 7]),
            ("for=\"[2001:db8:cafe::17]:4711\"", [6, 0x20, 0x01, 0x0d, 0xb8, 0xca, 0xfe, 0]),
            ("by=\"a,b;for=1.1.1.1\";for=192.0.2.7", [4, 192, 0, 2, 7]),
            ("for=192.0.2.1;for=192.0.2.7", nil),
            ("for=203.0.113.9, for=_hidden", nil),
            ("for=203.0.113.9, for=unknown", nil),
            ("for=203.0.113.9, proto=https", nil),
            ("for=2001:db8::1", nil),
            ("for=\"192.0.2.7", nil),
            ("192.0.2.7", nil),
        ] as [(String, [UInt8]?)])
    func forwarded(text: String, bytes: [UInt8]?) {
        #expect(read(.forwarded, [text]) == bytes)
    }

    @Test("the field that the proxy does not write is not believed")
    func otherField() {
        var headers: HTTPFields = [:]
        headers.append(HTTPField(name: HTTPField.Name("Forwarded")!, value: "for=192.0.2.7"))
        #expect(bytes(of: ForwardedField.xForwardedFor.networkPrefix(in: headers)) == nil)
    }

    private func read(_ field: ForwardedField, _ values: [String]) -> [UInt8]? {
        var headers: HTTPFields = [:]
        for value in values { headers.append(HTTPField(name: HTTPField.Name(field.rawValue)!, value: value)) }
        return bytes(of: field.networkPrefix(in: headers))
    }

    private func bytes(of prefix: consuming NetworkPrefix?) -> [UInt8]? {
        guard let prefix else { return nil }
        return prefix.bytes
    }
}
