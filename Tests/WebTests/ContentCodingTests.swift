import Testing
import Web

@Suite("Which coding a client takes")
struct ContentCodingTests {
    @Test(
        "gzip is taken where it is named with a weight, or anything is",
        arguments: [
            (["gzip"], true), (["br, GZIP"], true), (["br", "x-gzip;q=0.001"], true), (["*"], true),
            (["gzip;q=0"], false), (["gzip ; q=0.000, *"], false), (["*;q=0"], false), ([], false), ([""], false),
            (["identity"], false), (["gzipped"], false), (["*;q=0, gzip"], true), (["gzip;q=canary"], false),
        ])
    func fields(values: [String], isTaken: Bool) {
        #expect(ContentCoding.acceptsGzip(values) == isTaken)
    }
}
