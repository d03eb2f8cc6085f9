/// The words that a policy knows.
struct Vocabulary: Sendable {
    /// A word's number in the vocabulary.
    typealias Word = Int32

    /// What a policy writes for the number of years of somebody who is not 18.
    static let age = "{age}"

    /// Words, and beginnings of words, by their hashes.
    private struct Index {
        var whole: [UInt64: [Word]] = [:]
        var beginnings: [UInt64: [Word]] = [:]

        func match(_ characters: borrowing CharacterBuffer, isWhole: Bool, _ body: (Word) -> Void) {
            var hash = WordHash()
            for index in 0..<characters.count {
                hash.append(characters[index])
                if let words = beginnings[hash.value] { for word in words { body(word) } }
            }
            guard isWhole, let words = whole[hash.value] else { return }
            for word in words { body(word) }
        }
    }

    private var plain = Index()
    /// The words with repeated letters taken once.
    private var squeezed = Index()
    private var words: [String: Word] = [:]
    private var ageWord: Word?

    /// Words that mean something alone, as far as they are not beginnings: they may be written together.
    private var isAlone: Set<Word> = []

    init() {}

    /// A word's number. It is folded already, or ``age``, and ends in `*` when only its beginning counts.
    mutating func word(_ text: String) -> Word {
        if let word = words[text] { return word }
        let word = Word(words.count)
        words[text] = word
        if text == Self.age {
            ageWord = word
            for number in numberWords { plain.whole[Self.hash(number), default: []].append(word) }
        } else if text.hasSuffix("*") {
            plain.beginnings[Self.hash(text.dropLast()), default: []].append(word)
            squeezed.beginnings[Self.squeezedHash(text.dropLast()), default: []].append(word)
        } else {
            plain.whole[Self.hash(text), default: []].append(word)
            squeezed.whole[Self.squeezedHash(text), default: []].append(word)
        }
        return word
    }

    /// Remembers that a word means something alone.
    mutating func markAlone(_ word: Word) { isAlone.insert(word) }

    private static func hash(_ text: some StringProtocol) -> UInt64 {
        var hash = WordHash()
        for scalar in text.unicodeScalars { hash.append(scalar.value) }
        return hash.value
    }

    private static func squeezedHash(_ text: some StringProtocol) -> UInt64 {
        var last: Unicode.Scalar?
        var hash = WordHash()
        for scalar in text.unicodeScalars where scalar != last {
            hash.append(scalar.value)
            last = scalar
        }
        return hash.value
    }

    /// Calls `body` with every word that characters are, or begin with.
    ///
    /// - Parameters:
    ///   - characters: The beginning of a run of characters.
    ///   - isWhole: Whether it is all of the run, so that words can end with it.
    ///   - body: What is done with each word.
    func match(_ characters: borrowing CharacterBuffer, isWhole: Bool, _ body: (Word) -> Void) {
        plain.match(characters, isWhole: isWhole, body)
    }

    /// Calls `body` with every word that characters are when the word's repeated letters are taken once, too.
    func matchSqueezed(_ characters: borrowing CharacterBuffer, isWhole: Bool, _ body: (Word) -> Void) {
        squeezed.match(characters, isWhole: isWhole, body)
    }

    /// Calls `body` with the word for ages of minors if a number is one.
    func matchAge(_ number: Int, _ body: (Word) -> Void) {
        if let ageWord, number < 18 { body(ageWord) }
    }

    /// Calls `body` with both words where characters are two that mean something alone.
    func matchCompound(_ characters: borrowing CharacterBuffer, _ body: (Word) -> Void) {
        guard characters.count >= 7 else { return }
        var hash = WordHash()
        for split in 0..<characters.count - 3 {
            hash.append(characters[split])
            guard split >= 2, let first = alone(hash) else { continue }
            var rest = WordHash()
            for index in split + 1..<characters.count { rest.append(characters[index]) }
            guard let second = alone(rest) else { continue }
            body(first)
            body(second)
        }
    }

    /// Calls `body` with every word that means something alone and of which the characters of a hash are the beginning
    /// that counts.
    func matchAlone(beginning hash: WordHash, _ body: (Word) -> Void) {
        plain.beginnings[hash.value]?.filter(isAlone.contains).forEach(body)
    }

    /// Calls `body` with every word that means something alone and is the characters of a hash.
    func matchAlone(whole hash: WordHash, _ body: (Word) -> Void) {
        plain.whole[hash.value]?.filter(isAlone.contains).forEach(body)
    }

    private func alone(_ hash: WordHash) -> Word? { plain.whole[hash.value]?.first(where: isAlone.contains) }
}

/// Numbers below 18 in words, folded: English, German, French, Spanish, Portuguese. Those that are more often something
/// else, such as one and un, are left to digits.
private let numberWords = Set(
    """
    two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
    zwei drei vier funf fuenf sechs sieben acht neun zehn elf zwolf zwoelf dreizehn vierzehn funfzehn fuenfzehn
    sechzehn siebzehn
    deux trois quatre cinq sept huit neuf dix onze douze treize quatorze quinze seize
    dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce dieciseis diecisiete
    dois quatro sete oito nove dez doze treze dezesseis dezessete dezasseis dezassete
    """.split(whereSeparator: \.isWhitespace).map(String.init))
