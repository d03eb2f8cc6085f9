import Diffusion
import Foundation
import HTTPTypes
import Studio
import Testing

@Suite("The page")
struct PageTests {
    @Test("it shows what the model offers, and nothing of it as markup")
    func choices() async throws {
        let engine = FakeEngine(suggestedPrompts: ["red heart", #"<script>alert("&")</script>"#])
        let page = try await withServer(engine) { try await $0.get("/") }
        #expect(page.status == 200)
        #expect(page.text.contains("Fake &lt;Model&gt;"))
        #expect(page.text.contains(">red heart</button>"))
        #expect(page.text.contains("&lt;script&gt;alert(&quot;&amp;&quot;)&lt;/script&gt;"))
        #expect(page.text.contains(#"<input type="radio" name="size" value="64x64" checked>"#))
        for (quality, steps) in [("fast", 5), ("standard", 10), ("fine", 20)] {
            #expect(page.text.contains(#"name="quality" value="\#(steps)""#), "\(quality)")
        }
        #expect(!page.text.contains("{{"))
        #expect(page.text.contains("autofocus"))
    }

    @Test("guidance is offered where the model takes it, and nowhere else", arguments: [(Float(4), true), (1, false)])
    func guidance(scale: Float, isOffered: Bool) async throws {
        try await withServer(FakeEngine(guidanceScale: scale)) { client in
            let page = try await client.get("/").text
            #expect(page.contains(#"<div class="field">\#n        <label for="negative""#) == isOffered)
            #expect(page.contains(#"<div class="field" hidden>\#n        <label for="negative""#) != isOffered)
            let model = try await client.get("/api/model").json()
            #expect(model["guidance"] as? Bool == isOffered)
        }
    }

    @Test("the model's styles and its language are told")
    func styles() async throws {
        let styles = [PromptStyle(name: "Icon", prompt: #"{prompt} "icon""#, negativePrompt: "grey")]
        let answer = try await withServer(FakeEngine(styles: styles)) { try await $0.get("/api/model") }
        let model = try answer.json()
        let told = try #require(model["styles"] as? [[String: String]])
        #expect(told == [["name": "Icon", "prompt": #"{prompt} "icon""#, "negative_prompt": "grey"]])
        #expect(model["prompt_language"] is NSNull)
        #expect(model["quality_steps"] as? [String: Int] == ["fast": 5, "standard": 10, "fine": 20])
    }

    @Test(
        "it is written in the language that the browser asks for",
        arguments: [
            (nil, "en", "ltr", "Create"), ("de-AT,de;q=0.9,en;q=0.8", "de", "ltr", "Erstellen"),
            ("nl, fr;q=0.4, ja;q=0.7", "ja", "ltr", "作成"), ("zh-TW", "zh-Hans", "ltr", "生成"),
            ("ar", "ar", "rtl", "إنشاء"), ("es;q=0, pt-BR", "pt", "ltr", "Criar"), ("xx, *", "en", "ltr", "Create"),
            (";;q=,,de;q=x", "en", "ltr", "Create"),
        ] as [(String?, String, String, String)])
    func language(accepted: String?, tag: String, direction: String, create: String) async throws {
        let page = try await withServer { client in
            try await client.get("/", headers: accepted.map { [.acceptLanguage: $0] } ?? [:])
        }
        #expect(page.text.contains(#"<html lang="\#(tag)" dir="\#(direction)">"#))
        #expect(page.text.contains(#"<span data-t="create">\#(create)</span>"#))
        #expect(page.headers[.contentLanguage] == tag)
    }

    @Test("the scripts that it names are there, and nothing else under their address")
    func files() async throws {
        try await withServer { client in
            let page = try await client.get("/").text
            for match in page.matches(of: /"(\/page\/[a-z]+\.js)"/) {
                let script = try await client.get(String(match.1))
                #expect(script.status == 200)
                #expect(script.headers[.contentType] == "text/javascript; charset=utf-8")
            }
            for name in ["index.html", "openapi.yaml", "nothing.js", "..%2Fstyle.css"] {
                try await client.expect(404) { try await $0.get("/page/\(name)") }
            }
        }
    }

    @Test("without scripts, the form answers with the page and the picture in it")
    func form() async throws {
        let engine = FakeEngine()
        let page = try await withServer(engine) { client in
            try await client.post(
                "/",
                "prompt=red+heart+%F0%9F%98%80%26&negative_prompt=&size=64x64&n=2&seed=5&steps=&guidance_scale=3.5",
                type: "application/x-www-form-urlencoded")
        }
        #expect(page.status == 200)
        #expect(page.headers[.contentType] == "text/html; charset=utf-8")
        #expect(page.text.components(separatedBy: #"<img src="data:image/png;base64,"#).count == 3)
        #expect(engine.prompts == ["red heart 😀&"])
        #expect(engine.settings.first?.guidanceScale == 3.5)
        #expect(engine.settings.first?.seed == 5)
        #expect(engine.settings.first?.steps == 10)
    }

    @Test("without scripts, steps that were typed count more than the quality, which is always sent")
    func steps() async throws {
        let engine = FakeEngine()
        try await withServer(engine) { client in
            for steps in ["", "&steps=7"] {
                let body = "prompt=x&quality=20&sampler=euler\(steps)"
                try await client.expect(200) {
                    try await $0.post("/", body, type: "application/x-www-form-urlencoded")
                }
            }
        }
        #expect(engine.settings.map(\.steps) == [20, 7])
        #expect(engine.settings.map(\.sampler) == ["euler", "euler"])
    }

    @Test(
        "a form that is wrong is answered in words, and repeats nothing of it",
        arguments: ["", "prompt=", "prompt=canary%4", "prompt=canary%FF", "prompt=canary&size=canary", "prompt=x&n=99"])
    func badForm(body: String) async throws {
        let page = try await withServer { client in
            try await client.post("/", body, type: "application/x-www-form-urlencoded")
        }
        #expect(page.status == 400)
        #expect(page.text.contains(#"<p id="problem" class="problem" role="alert">"#))
        #expect(!page.text.contains("canary"))
    }
}
