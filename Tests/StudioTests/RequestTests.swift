import Diffusion
import Imaging
import Privacy
import Studio
import Testing

@Suite("A request")
struct RequestTests {
    private let model = FakeEngine().card

    /// What is wrong with a request, or nil.
    private func error(
        prompt: String = "a fox", negativePrompt: String = "", initialPicture: consuming PixelBuffer? = nil,
        limits: RequestLimits = RequestLimits(), _ change: (inout GenerationSettings) -> Void = { _ in }
    ) -> RequestError? {
        var settings = GenerationSettings(for: model)
        change(&settings)
        let request = GenerationRequest(
            prompt: Prompt(prompt), negativePrompt: Prompt(negativePrompt), settings: settings,
            initialPicture: initialPicture)
        do throws(RequestError) {
            try request.validate(for: model, limits: limits)
            return nil
        } catch {
            return error
        }
    }

    @Test("as the model was made for is allowed")
    func allowed() { #expect(error() == nil) }

    @Test("needs a prompt", arguments: ["", " \n"])
    func blank(_ prompt: String) {
        #expect(error(prompt: prompt)?.code == .missing)
        #expect(error(prompt: prompt)?.parameter == .prompt)
    }

    @Test("needs no prompt when it has a picture to start from")
    func blankWithPicture() {
        #expect(error(prompt: "", initialPicture: PixelBuffer(width: 8, height: 8, channels: 3)) == nil)
    }

    @Test("may have a prompt of 32000 characters, not one more")
    func long() {
        let longest = String(repeating: "🦊", count: 32_000)
        #expect(error(prompt: longest) == nil)
        #expect(error(negativePrompt: longest) == nil)
        #expect(error(prompt: longest + "x")?.code == .tooLong)
        #expect(error(negativePrompt: longest + "x")?.parameter == .negativePrompt)
        #expect(error(prompt: longest + "x")?.message.contains("more than the 32000 characters") == true)
    }

    @Test("may be cut out only where the model draws on a plain ground")
    func transparent() throws {
        #expect(error { $0.background = .transparent }?.parameter == .background)
        #expect(error { $0.background = .opaque } == nil)
        var card = model
        card.hasPlainGround = true
        var settings = GenerationSettings(for: card)
        settings.background = .transparent
        let request = GenerationRequest(prompt: Prompt("a fox"), settings: settings)
        try request.validate(for: card, limits: RequestLimits())
    }

    @Test("may have sides of 64 to 2048 pixels, in any combination")
    func sizes() {
        #expect(error { $0.width = 72 } == nil)
        #expect(error { $0.width = 71 } == nil)
        #expect(error { ($0.width, $0.height) = (2_048, 2_048) } == nil)
        #expect(error { ($0.width, $0.height) = (64, 2_048) } == nil)
        #expect(error { $0.height = 63 }?.code == .outOfRange)
        #expect(error { $0.height = 2_049 }?.parameter == .height)
        #expect(error { $0.width = .max }?.code == .outOfRange)
        #expect(error { $0.width = 0 }?.message == "The width must be from 64 to 2048.")
    }

    @Test("that keeps its picture's size may have a picture of any size")
    func keptSize() {
        let picture = PixelBuffer(width: 3_000, height: 7, channels: 3)
        #expect(error(initialPicture: picture) { ($0.width, $0.keepsImageSize) = (0, true) } == nil)
        #expect(error { ($0.width, $0.keepsImageSize) = (0, true) }?.parameter == .width)
    }

    @Test("may have numbers in their ranges")
    func ranges() {
        #expect(error { $0.steps = 0 }?.parameter == .steps)
        #expect(error { $0.steps = 151 }?.code == .outOfRange)
        #expect(error { $0.count = 0 }?.parameter == .count)
        #expect(error { $0.count = 11 }?.message == "The number of pictures must be from 1 to 10.")
        #expect(error { $0.guidanceScale = -1 }?.parameter == .guidanceScale)
        #expect(error { $0.guidanceScale = .nan }?.code == .outOfRange)
        #expect(error { $0.guidanceScale = .infinity }?.code == .outOfRange)
        #expect(error { $0.strength = 1.5 }?.parameter == .strength)
        #expect(error { $0.clipSkip = -1 }?.parameter == .clipSkip)
    }

    @Test("may have the samplers that there are, and does not repeat others")
    func samplers() {
        #expect(error { $0.sampler = "ddim" } == nil)
        #expect(error { $0.sampler = nil } == nil)
        #expect(error { $0.sampler = "canary" }?.message == "The model has no such sampler; choose one of euler, ddim.")
    }

    @Test("may have any strength with an initial picture")
    func strength() {
        for strength: Float in [0, 0.001, 0.1, 1] {
            #expect(
                error(initialPicture: PixelBuffer(width: 8, height: 8, channels: 3)) { $0.strength = strength } == nil)
        }
    }

    @Test("may space and draw its noise within bounds")
    func noise() {
        #expect(
            error {
                ($0.schedule, $0.eta, $0.churn, $0.churnMaximum) = ("karras", 0, 5, 10)
                ($0.variationSeed, $0.variationStrength, $0.noiseScale) = (.max, 1, 0.5)
                $0.noiseSize = NoiseSize(width: 512, height: 512)
            } == nil)
        #expect(error { $0.schedule = "canary" }?.code == .unknownSchedule)
        #expect(error { $0.schedule = "canary" }?.message.contains("canary") == false)
        #expect(error { ($0.sampler, $0.schedule) = ("ddim", "karras") }?.parameter == .schedule)
        #expect(error { $0.eta = -0.1 }?.parameter == .eta)
        #expect(error { $0.eta = .nan }?.parameter == .eta)
        #expect(error { $0.churn = .infinity }?.parameter == .churn)
        #expect(error { $0.churnMinimum = -1 }?.parameter == .churnMinimum)
        #expect(error { $0.churnMaximum = .nan }?.parameter == .churnMaximum)
        #expect(error { $0.noiseScale = 11 }?.parameter == .noiseScale)
        #expect(error { $0.variationStrength = 1.01 }?.parameter == .variationStrength)
        #expect(error { $0.noiseSize = NoiseSize(width: 0, height: 64) }?.parameter == .noiseSize)
        #expect(error { $0.noiseSize = NoiseSize(width: .max, height: .max) }?.parameter == .noiseSize)
        #expect(error { $0.noiseSize = NoiseSize(width: 2048, height: 2048) }?.code == .tooManyPixels)
    }

    @Test("is never repeated in an error")
    func secret() {
        let secret = "canary" + String(repeating: "x", count: 32_000)
        #expect(error(prompt: secret).map { "\($0)".contains("canary") } == false)
        #expect(error(negativePrompt: secret).map { "\($0)".contains("canary") } == false)
    }
}
