/// All noise of one picture, in the order in which its seed is to give it.
package struct PictureNoise: Sendable {
    private let shape: LatentNoise.Shape
    private let seed: UInt64
    private let variation: (seed: UInt64, strength: Float)?
    private let innerShape: LatentNoise.Shape?
    private let laterSeed: UInt64?
    private let rules: SamplingRules
    private var source: TorchRandomSource
    private var variationSource: TorchRandomSource
    /// For what the web UI draws from nobody's seed.
    private var asideSource: TorchRandomSource

    /// Starts the generators of a picture.
    ///
    /// - Parameters:
    ///   - settings: The seeds, and what is made of them.
    ///   - shape: The latents of the picture.
    ///   - scale: How many pixels' sides a latent's stands for.
    package init(_ settings: DenoisingSettings, shape: LatentNoise.Shape, scale: Int) {
        let strength = settings.variationStrength
        let isVariationAlone = settings.rules == .native && strength >= 1
        seed = isVariationAlone ? settings.variationSeed : settings.seed
        variation = strength > 0 && !isVariationAlone ? (settings.variationSeed, strength) : nil
        self.shape = shape
        var inner = shape
        if let size = settings.noiseSize {
            inner.width = size.width / scale
            inner.height = size.height / scale
        }
        innerShape = inner == shape ? nil : inner
        laterSeed = settings.noiseSeedDelta == 0 ? nil : seed &+ UInt64(bitPattern: settings.noiseSeedDelta)
        rules = settings.rules
        source = TorchRandomSource(seed: seed)
        variationSource = TorchRandomSource(seed: settings.variationSeed)
        asideSource = TorchRandomSource(seed: ~seed)
    }

    /// Noise for encoding an initial picture.
    ///
    /// diffusers draws it first of all. The web UI draws it from a generator that no request has seeded; here it is one
    /// of the seed's, too, so that pictures can be made again.
    package mutating func forEncoding() -> LatentNoise {
        guard rules == .native else { return LatentNoise(shape, from: &asideSource) }
        // The variation's noise stays in step.
        if variation != nil { _ = LatentNoise(shape, from: &variationSource) }
        return LatentNoise(shape, from: &source)
    }

    /// The noise that the picture begins with.
    package mutating func first() -> LatentNoise {
        var noise: LatentNoise
        if let innerShape {
            var innerSource = TorchRandomSource(seed: seed)
            var inner = LatentNoise(innerShape, from: &innerSource)
            vary(&inner)
            noise = LatentNoise(shape, from: &source)
            noise.put(inner)
        } else {
            noise = LatentNoise(shape, from: &source)
            vary(&noise)
        }
        if let laterSeed { source = TorchRandomSource(seed: laterSeed) }
        return noise
    }

    private mutating func vary(_ noise: inout LatentNoise) {
        guard let variation else { return }
        noise.move(toward: LatentNoise(noise.shape, from: &variationSource), by: variation.strength)
    }

    /// Noise to lie under a mask: the web UI takes the seed's first again.
    package mutating func underMask() -> LatentNoise {
        guard rules == .webUI else { return next() }
        var again = TorchRandomSource(seed: seed)
        return LatentNoise(shape, from: &again)
    }

    /// Noise for a step.
    package mutating func next() -> LatentNoise { LatentNoise(shape, from: &source) }
}
