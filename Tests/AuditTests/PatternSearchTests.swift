import Testing

@testable import Audit

@Suite("A search for patterns")
struct PatternSearchTests {
    private func patterns(_ texts: [String]) -> [Pattern] {
        texts.map { Pattern(bytes: Array($0.utf8), form: .plain, canary: $0) }
    }

    private func found(_ texts: [String], in pieces: [[UInt8]]) -> [String: Int] {
        var search = Search(for: PatternSearch(patterns(texts)))
        search.enter("here")
        for piece in pieces { piece.withUnsafeBytes { search.look(at: $0) } }
        return Dictionary(uniqueKeysWithValues: search.findings.map { ($0.canary, $0.count) })
    }

    @Test("finds every pattern, at the beginning, in the middle and at the end, and counts it")
    func everywhere() {
        let bytes = Array("qwertzuiop--asdfghjklö--qwertzuiop--yxcvbnm,.".utf8)
        #expect(
            found(["qwertzuiop", "asdfghjk", "yxcvbnm,.", "not there"], in: [bytes])
                == ["qwertzuiop": 2, "asdfghjk": 1, "yxcvbnm,.": 1])
    }

    @Test("finds what lies across the border of two pieces, wherever it is cut, and counts it once")
    func acrossBorders() {
        let bytes = Array("......qwertzuiop......".utf8)
        for cut in 0...bytes.count {
            #expect(found(["qwertzuiop"], in: [Array(bytes[..<cut]), Array(bytes[cut...])]) == ["qwertzuiop": 1])
        }
        #expect(found(["qwertzuiop"], in: bytes.map { [$0] }) == ["qwertzuiop": 1])
    }

    @Test("does not join the end of one place with the beginning of another")
    func places() {
        var search = Search(for: PatternSearch(patterns(["qwertzuiop"])))
        search.look(at: Array("qwert".utf8), in: "one")
        search.look(at: Array("zuiop".utf8), in: "other")
        #expect(search.findings.isEmpty)
    }

    @Test("finds a pattern among zeros, where it passes over most bytes", arguments: 0..<40)
    func zeros(before count: Int) {
        let zeros = [UInt8](repeating: 0, count: count)
        #expect(found(["qwertzuiop"], in: [zeros + Array("qwertzuiop".utf8) + zeros]) == ["qwertzuiop": 1])
    }

    @Test("finds a pattern that begins with zeros, as UTF-16 and UTF-32 do")
    func leadingZeros() {
        let wide: [UInt8] = "qwertz".utf8.flatMap { [0, 0, 0, $0] as [UInt8] }
        var search = Search(for: PatternSearch([Pattern(bytes: wide, form: .utf32BigEndian, canary: "")]))
        search.look(at: [UInt8](repeating: 0, count: 61) + wide + [UInt8](repeating: 0, count: 61), in: "here")
        #expect(search.findings.map(\.count) == [1])
    }

    @Test("tells patterns apart that share their beginning")
    func shared() {
        #expect(
            found(["qwertzuiop1", "qwertzuiop2", "qwertzui"], in: [Array("..qwertzuiop2..".utf8)])
                == ["qwertzuiop2": 1, "qwertzui": 1])
    }
}
