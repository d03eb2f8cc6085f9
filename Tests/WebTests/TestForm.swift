import Imaging

/// A form with files, as libraries send it.
struct TestForm {
    private var body: [UInt8] = []

    static let type = "multipart/form-data; boundary=\"----form 1\""

    init(_ fields: KeyValuePairs<String, String> = [:]) {
        for (name, value) in fields { add(name, Array(value.utf8), more: "") }
    }

    /// Adds a file.
    func with(_ name: String, _ file: [UInt8]) -> TestForm {
        var form = self
        form.add(name, file, more: "; filename=\"canary.png\"\r\nContent-Type: image/png")
        return form
    }

    /// Adds a field.
    func with(field name: String, _ value: String) -> TestForm {
        var form = self
        form.add(name, Array(value.utf8), more: "")
        return form
    }

    var bytes: [UInt8] { body + Array("------form 1--\r\n".utf8) }

    private mutating func add(_ name: String, _ value: [UInt8], more: String) {
        body += Array("------form 1\r\nContent-Disposition: form-data; name=\"\(name)\"\(more)\r\n\r\n".utf8)
        body += value + Array("\r\n".utf8)
    }
}

extension TestClient {
    func post(_ uri: String, _ form: TestForm) async throws -> Answer {
        try await post(uri, bytes: form.bytes, type: TestForm.type)
    }
}

/// A PNG of one colour, whose left half is less opaque when it has four channels.
func samplePNG(width: Int, height: Int, pixel: [UInt8] = [200, 40, 40], leftOpacity: UInt8? = nil) throws -> [UInt8] {
    let bytes = (0..<height).flatMap { _ in
        (0..<width).flatMap { x in
            leftOpacity.map { pixel + [x < width / 2 ? $0 : 255] } ?? pixel
        }
    }
    let channels = pixel.count + (leftOpacity == nil ? 0 : 1)
    return try PixelBuffer(width: width, height: height, channels: channels, bytes: bytes).encoded(as: .png)
}
