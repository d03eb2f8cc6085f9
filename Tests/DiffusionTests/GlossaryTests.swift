import Diffusion
import Foundation
import Testing

@Suite("A model's words for those of other languages")
struct GlossaryTests {
    /// The bundled model's own.
    static let bundled: Glossary = {
        do {
            return try GlossaryParser.glossary(in: ComponentFolder(Self.bundledFolder))
        } catch {
            preconditionFailure("\(error)")
        }
    }()

    private static let bundledFolder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Models/mystarion-icons").path

    private func translated(_ text: String) -> String { Self.bundled.translated(text, limit: 32_000) ?? text }

    @Test(
        "a thing has the model's own word",
        arguments: [
            ("Gitarre", "guitar"), ("guitare", "guitar"), ("guitarra", "guitar"),
            ("chitarra", "guitar"), ("ギター", "guitar"), ("吉他", "guitar"), ("غيتار", "guitar"),
            ("象", "elephant"), ("Elefant", "elephant"), ("éléphant", "elephant"),
            ("elefante", "elephant"), ("大象", "elephant"), ("فيل", "elephant"),
            ("GITARRE", "guitar"), ("Äpfel", "apple"), ("Häuser", "house"), ("chevaux", "horse"),
            ("flores", "flower"), ("árbol", "tree"), ("arbol", "tree"), ("الفيل", "elephant"),
        ])
    func things(_ typed: String, _ meant: String) { #expect(translated(typed) == meant) }

    @Test(
        "a colour stands before its thing, whatever its form and place",
        arguments: [
            ("roter Apfel", "red apple"), ("rote Äpfel", "red apple"), ("pomme rouge", "red apple"),
            ("manzana roja", "red apple"), ("maçã vermelha", "red apple"),
            ("mela rossa", "red apple"), ("赤いりんご", "red apple"), ("赤い リンゴ", "red apple"),
            ("红苹果", "red apple"), ("红色的苹果", "red apple"), ("紅色的蘋果", "red apple"),
            ("تفاحة حمراء", "red apple"), ("التفاحة الحمراء", "red apple"),
            ("papillon bleu et jaune", "blue and yellow butterfly"), ("gato negro", "black cat"),
            ("cavalo branco", "white horse"), ("緑のカエル", "green frog"), ("绿色青蛙", "green frog"),
            ("ضفدع أخضر", "green frog"), ("rose rouge", "red rose"), ("un chat rose", "a pink cat"),
            ("orange Katze", "orange cat"), ("rosa roja", "red rose"), ("gato rosa", "pink cat"),
            ("hellblaues Auto", "light blue car"), ("voiture bleu clair", "light blue car"),
        ])
    func colours(_ typed: String, _ meant: String) { #expect(translated(typed) == meant) }

    @Test(
        "articles that count one become the model's, others go",
        arguments: [
            ("ein grüner Frosch", "a green frog"), ("une guitare", "a guitar"),
            ("der Elefant", "elephant"), ("l’éléphant", "elephant"), ("un éléphant", "an elephant"),
            ("una manzana verde", "a green apple"), ("um elefante", "an elephant"),
            ("一只绿色的青蛙", "a green frog"), ("des fleurs", "flower"),
            ("una tazza di caffè", "a cup of coffee"),
            ("ein Hund und eine Katze", "a dog and a cat"),
            ("un chat avec un parapluie", "a cat with an umbrella"),
        ])
    func smallWords(_ typed: String, _ meant: String) { #expect(translated(typed) == meant) }

    @Test(
        "a ground is the model's own phrase",
        arguments: [
            ("weißer Stern auf blauem Grund", "white star on a blue background"),
            ("weißer Stern vor einem blauen Hintergrund", "white star on a blue background"),
            ("étoile blanche sur fond bleu", "white star on a blue background"),
            ("étoile blanche sur un fond bleu", "white star on a blue background"),
            ("estrella blanca sobre fondo azul", "white star on a blue background"),
            ("estrela branca em um fundo azul", "white star on a blue background"),
            ("stella bianca su sfondo blu", "white star on a blue background"),
            ("青い背景に白い星", "white star on a blue background"),
            ("蓝色背景上的白色星星", "white star on a blue background"),
            ("نجمة بيضاء على خلفية زرقاء", "white star on a blue background"),
        ])
    func grounds(_ typed: String, _ meant: String) { #expect(translated(typed) == meant) }

    @Test(
        "what is English stays as it is",
        arguments: [
            "red apple", "a green frog", "gift", "boot", "a candy cane", "a man without a plan",
            "rose", "an orange", "a chat in a bar", "the sun is red", "pain", "a die on a table",
            "guitar, 8k, masterpiece", "orange cat", "", "   ", "…", "12 34",
            "cat AND dog BREAK tree", "a person in a red coat", "a pie in the sky",
            "red rose on a blue background",
        ])
    func english(_ typed: String) {
        #expect(Self.bundled.translated(typed, limit: 32_000) == nil)
    }

    @Test(
        "a word that is English too is read beside words that are not",
        arguments: [
            ("un chat noir", "a black cat"),
            ("chat noir on a blue background", "black cat on a blue background"),
            ("ein Boot", "a boat"), ("Gitarre, Boot", "guitar, boat"),
            ("Gitarre, boot, masterpiece", "guitar, boot, masterpiece"),
            ("Gitarre icon", "guitar icon"),
            ("roter Apfel emoji, best quality", "red apple emoji, best quality"),
        ])
    func ambiguous(_ typed: String, _ meant: String) { #expect(translated(typed) == meant) }

    @Test(
        "signs of a prompt's syntax stay where they are",
        arguments: [
            ("(roter:1.2) Apfel", "(red:1.2) apple"),
            ("((Gitarre)), [Hund], Katze", "((guitar)), [dog], cat"),
            ("pomme rouge, (chat:0.8), BREAK étoile", "red apple, (cat:0.8), BREAK star"),
            ("Gitarre\\(Xyz\\)", "guitar\\(Xyz\\)"), ("Frosch: grün", "frog: green"),
        ])
    func syntax(_ typed: String, _ meant: String) { #expect(translated(typed) == meant) }

    @Test("what is unknown stays, and the same words are always read the same")
    func unknown() {
        #expect(translated("ein Quastenflosser im Haus") == "a Quastenflosser in house")
        #expect(translated("可爱的象") == "可爱 elephant")
        for _ in 0..<3 { #expect(translated("rosa elefante") == translated("rosa elefante")) }
    }

    @Test("a prompt grows no longer than it may, and a long one takes no time")
    func limits() throws {
        let long = String(repeating: "象", count: 32_000)
        let start = ContinuousClock.now
        let read = try #require(Self.bundled.translated(long, limit: 32_000))
        #expect(read.unicodeScalars.count <= 64_000 && read.hasPrefix("elephant elephant "))
        _ = Self.bundled.translated(String(repeating: "a'", count: 16_000), limit: 32_000)
        _ = Self.bundled.translated(String(repeating: "e\u{301}", count: 16_000), limit: 32_000)
        #expect(ContinuousClock.now - start < .seconds(2))
        #expect(Self.bundled.translated("Gitarre und Frosch", limit: 5) == nil)
    }

    @Test("a file that is broken is refused with its line")
    func brokenFiles() {
        let files = [
            "noun\tguitar\tgitarre", "language\tde\tsomewhere", "language\tde\tbefore\nnoun\tguitar",
            "language\tde\tbefore\nnoun\t\tgitarre", "language\tde\tbefore\nverb\tdraw\tzeichnen",
            "language\tde\tbefore\nnoun\t(guitar:9)\tgitarre", "language\tde\tbefore\nnoun\tguitar\tdie  gitarre",
            "language\tde\tbefore\nnoun\tguitar\tarc-en-ciel", "language\tde\tbefore\nlanguage\tde\tbefore",
            "language\tde\tbefore\nnoun\t\(String(repeating: "x", count: 65))\tgitarre", "noun",
        ]
        for file in files {
            let error = #expect(throws: ConfigurationError.self) {
                try GlossaryParser.glossary(from: file, at: "words.tsv")
            }
            #expect(error?.key?.hasPrefix("line ") == true, "\(file)")
            #expect(error?.description.hasPrefix("words.tsv") == true, "\(file)")
        }
        #expect(throws: ConfigurationError.self) {
            _ = try ModelVocabulary.entries(from: String(repeating: "x", count: 65), at: "vocabulary.txt")
        }
    }

    @Test("every word of the bundled table is one of the bundled vocabulary, and none has signs of a prompt's syntax")
    func bundledTable() throws {
        let folder = ComponentFolder(Self.bundledFolder)
        let vocabulary = Set(try ModelVocabulary.entries(in: folder))
        let text = try String(contentsOfFile: folder.file(GlossaryParser.fileName), encoding: .utf8)
        for line in text.split(separator: "\n") where line.hasPrefix("noun\t") || line.hasPrefix("colour\t") {
            let word = String(line.split(separator: "\t")[1])
            #expect(vocabulary.contains(word), "\(word)")
        }
        #expect(Self.bundled.languageCodes == ["de", "fr", "es", "pt", "it", "zh", "ja", "ar"])
    }
}
