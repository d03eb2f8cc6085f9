/// Pieces of something long, spread over all of it: what is left of it in part is found, too.
enum Windows {
    /// Up to `count` windows of `length` bytes, at multiples of `alignment`, that do not repeat themselves.
    ///
    /// What is all of one colour is in every picture, so a window of too few different bytes is moved on.
    static func spread(
        over bytes: [UInt8], count: Int = 6, length: Int = 32, alignment: Int = 1, different: Int = 12
    ) -> [[UInt8]] {
        guard bytes.count >= length else { return [] }
        let last = bytes.count - length
        var windows: [[UInt8]] = []
        for index in 0..<count {
            let (begin, end) = (last * index / count, last * (index + 1) / count)
            let start = stride(from: begin / alignment * alignment, through: end, by: max(alignment, 4)).first {
                start in
                Set(bytes[start..<start + length]).count >= different
            }
            if let start { windows.append(Array(bytes[start..<start + length])) }
        }
        return windows
    }

    /// Up to `count` windows of eight numbers each.
    static func spread(over numbers: [Float], count: Int = 6) -> [[UInt8]] {
        spread(over: numbers.withUnsafeBytes { Array($0) }, count: count, alignment: 4)
    }
}
