/// Reads a policy's text; see docs/moderation.md for its form. Reports everything that is wrong with it.
struct PolicyParser {
    /// The most bytes that a policy may have.
    static let maximumBytes = 1 << 20

    /// The most characters that a word may have, once it is folded; the search keeps no more of a prompt's words.
    static let maximumWordLength = 64

    private var policy: CompiledPolicy
    private var lists: [String: Set<CompiledPolicy.Term>] = [:]
    private var problems: [PolicyProblem] = []
    private var line = 0
    private var section = Section.none
    private var identifiers: Set<String>

    private enum Section {
        case none
        case list(String, line: Int)
        case rule(CompiledPolicy.CompiledRule, line: Int)
        /// What follows a heading that is wrong, read for its own mistakes only.
        case ignored
    }

    /// The policy with the text's rules behind those that it has.
    static func parse(_ text: String, after policy: CompiledPolicy) throws(PolicyProblems) -> CompiledPolicy {
        guard text.utf8.count <= maximumBytes else {
            throw PolicyProblems(problems: [
                PolicyProblem(line: 1, message: "the policy is larger than the \(maximumBytes) bytes that are allowed.")
            ])
        }
        var parser = PolicyParser(policy: policy, identifiers: Set(policy.rules.map(\.rule.identifier)))
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) { parser.read(line) }
        parser.endSection()
        guard parser.problems.isEmpty else {
            throw PolicyProblems(problems: parser.problems.sorted { $0.line < $1.line })
        }
        return parser.policy
    }

    private init(policy: CompiledPolicy, identifiers: Set<String>) {
        self.policy = policy
        self.identifiers = identifiers
    }

    private mutating func report(_ message: String, line: Int? = nil) {
        problems.append(PolicyProblem(line: line ?? self.line, message: message))
    }

    private mutating func read(_ text: Substring) {
        line += 1
        let content = text.prefix { $0 != "#" }.trimmed()
        guard !content.isEmpty else { return }
        if let rest = content.rest(after: "rule") {
            endSection()
            beginRule(rest)
        } else if let rest = content.rest(after: "list") {
            endSection()
            beginList(rest)
        } else if let rest = content.rest(after: "except") {
            readExceptions(rest)
        } else {
            readPatterns(content)
        }
    }

    // MARK: Headings

    private mutating func beginRule(_ text: Substring) {
        section = .ignored
        guard let colon = text.firstIndex(of: ":") else {
            return report("a rule begins with 'rule identifier: message'.")
        }
        let identifier = String(text[..<colon].trimmed())
        let message = String(text[text.index(after: colon)...].trimmed())
        guard isIdentifier(identifier) else { return }
        guard identifiers.insert(identifier).inserted else {
            return report("there is a rule '\(identifier)' already.")
        }
        guard !message.isEmpty, message.count <= 300 else {
            return report("a rule needs a message of 1 to 300 characters, for whoever asked.")
        }
        section = .rule(
            CompiledPolicy.CompiledRule(rule: PolicyRule(identifier: identifier, message: message)), line: line)
    }

    private mutating func beginList(_ text: Substring) {
        section = .ignored
        let name = String(text.trimmed())
        guard isIdentifier(name) else { return }
        guard lists[name] == nil else { return report("there is a list '\(name)' already.") }
        lists[name] = []
        section = .list(name, line: line)
    }

    private mutating func isIdentifier(_ text: String) -> Bool {
        let isAllowed = text.utf8.allSatisfy {
            (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D
        }
        guard isAllowed, (1...40).contains(text.utf8.count) else {
            report("a name has 1 to 40 small letters, digits and hyphens.")
            return false
        }
        return true
    }

    private mutating func endSection() {
        switch section {
        case .rule(let rule, let line):
            if rule.patterns.isEmpty { report("the rule has no words.", line: line) }
            policy.add(rule)
        case .list(let name, let line):
            if lists[name]?.isEmpty != false { report("the list has no words.", line: line) }
        case .none, .ignored: break
        }
        section = .none
    }

    // MARK: Words

    private mutating func readPatterns(_ text: Substring) {
        for pattern in text.split(separator: ",", omittingEmptySubsequences: false) {
            switch section {
            case .none:
                return report("words come after a line 'rule identifier: message' or 'list name'.")
            case .ignored:
                _ = alternatives(of: pattern)
            case .list(let name, _):
                let terms = alternatives(of: pattern)
                lists[name]?.formUnion(terms)
            case .rule(var rule, let line):
                let sets = pattern.split(separator: "&", omittingEmptySubsequences: false).map { alternatives(of: $0) }
                if sets.allSatisfy({ !$0.isEmpty }) { rule.patterns.append(sets) }
                section = .rule(rule, line: line)
            }
        }
    }

    private mutating func readExceptions(_ text: Substring) {
        guard case .rule(var rule, let line) = section else {
            if case .ignored = section { return }
            return report("'except' belongs to a rule.")
        }
        for exception in text.split(separator: ",", omittingEmptySubsequences: false) {
            rule.exceptions.formUnion(alternatives(of: exception))
        }
        section = .rule(rule, line: line)
    }

    /// A list's terms, or one term; empty after a problem was reported.
    private mutating func alternatives(of text: Substring) -> Set<CompiledPolicy.Term> {
        let text = text.trimmed()
        if text.first == "@" {
            let name = String(text.dropFirst())
            guard let list = lists[name] else {
                report("there is no list '\(name)' above this line.")
                return []
            }
            return list
        }
        var words: [String] = []
        for part in text.split(whereSeparator: \.isWhitespace) {
            if part == Vocabulary.age { words.append(String(part)) } else { words += self.words(in: part) }
        }
        guard !words.isEmpty else {
            report("a word is missing.")
            return []
        }
        guard words.allSatisfy({ $0.unicodeScalars.count <= Self.maximumWordLength }) else {
            report("a word has at most \(Self.maximumWordLength) letters.")
            return []
        }
        guard words.count <= 8 else {
            report("a phrase has at most 8 words.")
            return []
        }
        return [policy.term(words)]
    }

    /// A part's words, folded; hyphens and the like stand between words, as they do in prompts.
    private mutating func words(in part: Substring) -> [String] {
        var words: [String] = []
        var word = ""
        let isBeginning = part.last == "*"
        for scalar in (isBeginning ? part.dropLast() : part).unicodeScalars {
            Folding.fold(scalar) { value in
                switch CharacterKind(value) {
                case .letter, .digit:
                    word.unicodeScalars.append(Unicode.Scalar(value) ?? " ")
                case .mark, .gap:
                    if !word.isEmpty { words.append(word) }
                    word = ""
                }
            }
        }
        if !word.isEmpty { words.append(word) }
        if isBeginning, let last = words.popLast() {
            if last.unicodeScalars.count < 3 {
                report("'*' stands for any ending of at least three letters.")
            }
            words.append(last + "*")
        }
        if part.dropLast().contains("*") { report("'*' stands at a word's end.") }
        return words
    }
}

extension Substring {
    fileprivate func trimmed() -> Substring {
        var rest = self
        while rest.first?.isWhitespace == true { rest.removeFirst() }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return rest
    }

    /// What follows a keyword and a space.
    fileprivate func rest(after keyword: String) -> Substring? {
        guard hasPrefix(keyword) else { return nil }
        let rest = dropFirst(keyword.count)
        return rest.first?.isWhitespace == true ? rest.trimmed() : nil
    }
}
