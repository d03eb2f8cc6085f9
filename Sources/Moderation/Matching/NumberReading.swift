/// Digits that may be a word or a number of years, taken in one after the other, in any number.
struct NumberReading: ~Copyable {
    private(set) var count = 0
    private var digits = CharacterBuffer()
    /// What the digits say, or more than anybody's age.
    private var number = 0

    /// The first digit; nil when there is none.
    var first: UInt32? { count > 0 ? digits[0] : nil }

    /// Takes in a digit.
    mutating func append(_ digit: UInt32) {
        digits.append(digit)
        number = min(number * 10 + Int(digit & 0xF), 1_000)
        count += 1
    }

    /// Drops all digits.
    mutating func removeAll() {
        digits.removeAll()
        (count, number) = (0, 0)
    }

    /// Calls `body` with every word that the digits are.
    func match(in vocabulary: Vocabulary, _ body: (Vocabulary.Word) -> Void) {
        vocabulary.match(digits, isWhole: count <= CharacterBuffer.capacity, body)
        vocabulary.matchAge(number, body)
    }
}
