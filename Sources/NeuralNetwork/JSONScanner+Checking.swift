extension JSONScanner {
    /// Checks a whole text before another decoder reads it: strings that are not UTF-8, keys that come twice and deep
    /// nesting are refused, which Foundation's decoder does not survive or takes silently.
    ///
    /// - Parameters:
    ///   - bytes: The text.
    ///   - allowsNonFiniteNumbers: Whether `NaN`, `Infinity` and `-Infinity` are numbers, as Python writes them.
    package static func check(_ bytes: [UInt8], allowsNonFiniteNumbers: Bool = false) throws(JSONError) {
        var scanner = JSONScanner(bytes)
        try scanner.checkValue(depth: 0, allowsNonFiniteNumbers)
        try scanner.expectEnd()
    }

    private mutating func checkValue(depth: Int, _ allowsNonFiniteNumbers: Bool) throws(JSONError) {
        guard depth < Self.maximumDepth else { throw error(.tooDeep) }
        var isFirst = true
        switch peek() {
        case UInt8(ascii: "{"):
            var keys: Set<[UInt8]> = []
            try expect("{")
            while let key = try nextKey(isFirst: &isFirst) {
                guard keys.insert(Array(key.utf8)).inserted else { throw error(.duplicateKey(key)) }
                try checkValue(depth: depth + 1, allowsNonFiniteNumbers)
            }
        case UInt8(ascii: "["):
            try expect("[")
            while try nextElement(isFirst: &isFirst) { try checkValue(depth: depth + 1, allowsNonFiniteNumbers) }
        case UInt8(ascii: "N") where allowsNonFiniteNumbers: try expect(word: "NaN")
        case UInt8(ascii: "I") where allowsNonFiniteNumbers: try expect(word: "Infinity")
        case UInt8(ascii: "-") where allowsNonFiniteNumbers && hasNext("-Infinity"): try expect(word: "-Infinity")
        default: try skipValue(depth: depth)
        }
    }
}
