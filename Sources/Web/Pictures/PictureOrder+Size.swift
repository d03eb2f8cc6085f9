extension PictureOrder {
    /// Reads `WIDTHxHEIGHT`, the letter small or large.
    static func size(_ text: String) throws(WebError) -> (width: Int, height: Int) {
        let sides = text.lowercased().utf8.split(separator: UInt8(ascii: "x"), omittingEmptySubsequences: false).map {
            side in
            side.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? Int(Substring(side)) : nil
        }
        guard sides.count == 2, let width = sides[0], let height = sides[1] else {
            throw WebError.badRequest(
                .invalidValue, "'size' must be 'auto' or WIDTHxHEIGHT in pixels, such as 512x512.",
                parameter: "size")
        }
        return (width, height)
    }
}
