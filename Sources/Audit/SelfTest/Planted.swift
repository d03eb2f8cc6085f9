import Foundation

/// What the self-test plants: a canary in every form, so that each has to be found.
struct Planted {
    /// The patterns, labelled with where they are planted.
    let patterns: [Pattern]

    /// All of them, one after the other.
    let bytes: [UInt8]

    /// Draws what is planted in one place.
    init(in place: String) {
        let canary = Canary(place)
        var all = canary.textPatterns
        let picture = SentPicture(width: 32, height: 32, channels: 3)
        all += picture.patterns
        let made: [CanaryForm: CanaryForm] = [
            .sentPixels: .madePixels, .sentFloats: .madeFloats, .sentFile: .madeFile, .sentBase64: .madeBase64,
        ]
        all += SentPicture(width: 32, height: 32, channels: 3).patterns.compactMap { form, bytes in
            made[form].map { ($0, bytes) }
        }
        for form in [CanaryForm.noise, .latents, .embedding, .tokens] {
            let numbers = (0..<64).map { _ in Float.random(in: -3...3) }
            all += Windows.spread(over: numbers).map { (form, $0) }
        }
        // Its bits lie outside those of the standard alphabet, whatever the canary is.
        all.append(
            (.base64URL, Base64Windows.all(of: [0xFB, 0xFF, 0xBF] + canary.words[0].utf8, forAddresses: true)[0]))
        var patterns: [Pattern] = []
        patterns.add(all, of: canary)
        self.patterns = patterns
        bytes = patterns.flatMap { $0.bytes + [0x0A, 0x5C, 0x0A] }
    }
}
