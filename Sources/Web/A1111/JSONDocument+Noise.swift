internal import Diffusion
internal import Studio

extension JSONDocument {
    /// Reads seeds and what else the web UI has to shape noise; what the sampler does not heed is noted as of no effect.
    func readNoise(into settings: inout GenerationSettings, _ details: inout A1111Details) throws(WebError) {
        details.requestedSeed = try lenientSeed("seed")
        details.requestedSubseed = try lenientSeed("subseed")
        details.subseed = details.requestedSubseed ?? randomSeed()
        settings.rules = .webUI
        settings.seed = details.requestedSeed ?? randomSeed()
        settings.variationStrength = try lenientNumber("subseed_strength") ?? 0
        settings.variationSeed = settings.variationStrength == 0 ? nil : details.subseed
        try readNoiseSize(into: &settings, &details)

        let heeds = details.sampler.heeds
        let own = details.sampler.name == "DDIM" ? "eta_ddim" : "eta_ancestral"
        let (eta, usualEta) = (try lenientNumber("eta"), try lenientNumber(["override_settings", .name(own)]))
        if let eta = eta ?? usualEta {
            if heeds.contains(.eta) { settings.eta = eta } else if eta != 0 { details.ignore("eta") }
        }
        func number(_ name: String, unless standard: Float, _ heed: A1111Sampler.Heeds) throws(WebError) -> Float? {
            let (own, usual) = (
                try lenientNumber(JSONPath(name)), try lenientNumber(["override_settings", .name(name)])
            )
            guard let number = own ?? usual, number != standard else { return nil }
            guard heeds.contains(heed) else {
                details.ignore(name)
                return nil
            }
            return number
        }
        settings.churn = try number("s_churn", unless: 0, .churn) ?? 0
        settings.churnMinimum = try number("s_tmin", unless: 0, .churn) ?? 0
        // 0 is no bound.
        settings.churnMaximum = try number("s_tmax", unless: 0, .churn) ?? .infinity
        settings.noiseScale = try number("s_noise", unless: 1, .noise) ?? 1
        let delta = try leniently(["override_settings", "eta_noise_seed_delta"], Int64.self) ?? 0
        if delta != 0, heeds.contains(.seedDelta) {
            settings.noiseSeedDelta = delta
        } else if delta != 0 {
            details.ignore("override_settings.eta_noise_seed_delta")
        }
        if details.sampler.ignoresScheduler { details.ignore("scheduler") }
    }

    /// Reads `seed_resize_from_w` and `seed_resize_from_h`, which have an effect together only, as in the web UI.
    private func readNoiseSize(
        into settings: inout GenerationSettings, _ details: inout A1111Details
    ) throws(WebError) {
        details.noiseWidth = try leniently("seed_resize_from_w") ?? -1
        details.noiseHeight = try leniently("seed_resize_from_h") ?? -1
        switch (details.noiseWidth > 0, details.noiseHeight > 0) {
        case (true, true):
            settings.noiseSize = NoiseSize(width: details.noiseWidth, height: details.noiseHeight)
        case (true, false): details.ignore("seed_resize_from_w")
        case (false, true): details.ignore("seed_resize_from_h")
        case (false, false): break
        }
    }
}
