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
        #expect(page.text.contains(#"<option value="64x64">"#))
        #expect(!page.text.contains("{{"))
        #expect(page.text.contains("autofocus"))
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
