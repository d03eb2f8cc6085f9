internal import HTTPTypes

/// A sampler under A1111's name, and the studio's names for it.
struct A1111Sampler: Sendable, Equatable {
    let name: String
    let aliases: [String]
    /// The studio's names for it with each of the schedulers that it can follow, the one that is used unasked first.
    let variants: [Variant]

    /// A sampler with a scheduler.
    struct Variant: Sendable, Equatable {
        let scheduler: A1111Scheduler
        let sampler: String
    }

    private init(_ name: String, aliases: [String], _ variants: [(A1111Scheduler, String)]) {
        self.name = name
        self.aliases = aliases
        self.variants = variants.map { Variant(scheduler: $0.0, sampler: $0.1) }
    }

    private init(_ sampler: A1111Sampler, variants: [Variant]) {
        name = sampler.name
        aliases = sampler.aliases
        self.variants = variants
    }

    /// The names, aliases and schedulers of A1111's `modules/sd_samplers_*.py`.
    private static let all = [
        A1111Sampler("DPM++ 2M", aliases: ["k_dpmpp_2m"], [(.karras, "dpm++-2m-karras"), (.uniform, "dpm++-2m")]),
        A1111Sampler(
            "DPM++ 2M SDE", aliases: ["k_dpmpp_2m_sde"],
            [(.uniform, "dpm++-2m-sde"), (.karras, "dpm++-2m-sde-karras")]),
        A1111Sampler("Euler a", aliases: ["k_euler_a", "k_euler_ancestral"], [(.uniform, "euler-ancestral")]),
        A1111Sampler(
            "Euler", aliases: ["k_euler"], [(.uniform, "euler"), (.karras, "euler-karras"), (.uniform, "flow-euler")]),
        A1111Sampler("LCM", aliases: ["k_lcm"], [(.uniform, "lcm")]),
        A1111Sampler("DDIM", aliases: ["ddim"], [(.uniform, "ddim")]),
        A1111Sampler("PLMS", aliases: ["plms"], [(.uniform, "pndm")]),
        A1111Sampler("UniPC", aliases: ["unipc"], [(.uniform, "unipc")]),
    ]

    /// The samplers of which the studio has one of `names`.
    static func offered(_ names: [String]) -> [A1111Sampler] {
        all.compactMap { sampler in
            let variants = sampler.variants.filter { names.contains($0.sampler) }
            return variants.isEmpty ? nil : A1111Sampler(sampler, variants: variants)
        }
    }

    /// Whether it goes by a name, however its letters are written.
    func isCalled(_ name: String) -> Bool {
        let name = name.lowercased()
        return self.name.lowercased() == name || aliases.contains(name)
    }
}

/// How noise falls from step to step, under A1111's name.
enum A1111Scheduler: String, CaseIterable, Sendable {
    /// The one that suits the sampler.
    case automatic
    /// As the model was trained.
    case uniform
    /// Karras et al., "Elucidating the Design Space of Diffusion-Based Generative Models", 2022.
    case karras

    /// The name to show.
    var label: String { rawValue.prefix(1).uppercased() + rawValue.dropFirst() }
}

/// A sampler and a scheduler as a request names them, found among those that the model has.
struct A1111SamplerChoice: Sendable, Equatable {
    /// A1111's name for the sampler.
    var name: String
    /// The scheduler that was asked for.
    var scheduler: A1111Scheduler
    /// The studio's name for both.
    var sampler: String

    /// Finds what a request asks for.
    ///
    /// - Parameters:
    ///   - name: A sampler's name or alias, perhaps with a scheduler's label behind it, as A1111 had them before its
    ///     version 1.9; the default when nil.
    ///   - scheduler: A scheduler's name or label.
    ///   - offered: The samplers to choose from.
    ///   - standard: The studio's name of the default.
    init(
        name: String?, scheduler: String?, among offered: [A1111Sampler], default standard: String?
    ) throws(WebError) {
        var wanted = A1111Scheduler.automatic
        if let scheduler {
            guard let known = A1111Scheduler(rawValue: scheduler.lowercased()) else {
                throw .notOffered(
                    "scheduler", "There is no such scheduler; choose one of \(Self.list(A1111Scheduler.allCases)).")
            }
            wanted = known
        }
        self.scheduler = wanted

        guard let name else {
            let fitting = offered.first { $0.variants.contains { $0.sampler == standard } } ?? offered.first
            guard let sampler = fitting else { throw Self.notFound(offered) }
            self.name = sampler.name
            let variant = sampler.variants.first { $0.sampler == standard } ?? sampler.variants[0]
            self.sampler = wanted == .automatic ? variant.sampler : try Self.variant(of: sampler, wanted)
            return
        }
        if let sampler = offered.first(where: { $0.isCalled(name) }) {
            self.name = sampler.name
            self.sampler = try Self.variant(of: sampler, wanted)
            return
        }
        for suffix in A1111Scheduler.allCases where name.lowercased().hasSuffix(" \(suffix.rawValue)") {
            let stem = String(name.dropLast(suffix.rawValue.count + 1))
            guard let sampler = offered.first(where: { $0.isCalled(stem) }) else { continue }
            self.name = sampler.name
            self.scheduler = suffix
            self.sampler = try Self.variant(of: sampler, suffix)
            return
        }
        throw Self.notFound(offered)
    }

    private static func variant(of sampler: A1111Sampler, _ scheduler: A1111Scheduler) throws(WebError) -> String {
        if scheduler == .automatic { return sampler.variants[0].sampler }
        guard let variant = sampler.variants.first(where: { $0.scheduler == scheduler }) else {
            throw .notOffered(
                "scheduler",
                "\(sampler.name) can follow only \(list([.automatic] + sampler.variants.map(\.scheduler))).")
        }
        return variant.sampler
    }

    private static func list(_ schedulers: [A1111Scheduler]) -> String {
        schedulers.map(\.rawValue).joined(separator: ", ")
    }

    private static func notFound(_ offered: [A1111Sampler]) -> WebError {
        WebError(
            .notFound, .unsupported,
            "Sampler not found; choose one of \(offered.map(\.name).joined(separator: ", ")).",
            parameter: "sampler_name")
    }
}
