/// A sampler under A1111's name, and the studio's name for it.
///
/// The names, aliases and schedulers of A1111's `modules/sd_samplers_*.py`.
struct A1111Sampler: Sendable, Equatable {
    let name: String
    let aliases: [String]
    /// The studio's name.
    let sampler: String
    /// The scheduler that it follows unasked.
    var automatic = A1111Scheduler.automatic
    /// Which of the numbers that A1111 has for noise it heeds.
    var heeds: Heeds = []

    /// What a sampler heeds.
    struct Heeds: OptionSet, Sendable {
        let rawValue: Int
        /// `scheduler`; the others have one of their own.
        static let scheduler = Heeds(rawValue: 1)
        /// `eta`.
        static let eta = Heeds(rawValue: 2)
        /// `s_churn`, `s_tmin` and `s_tmax`.
        static let churn = Heeds(rawValue: 4)
        /// `s_noise`.
        static let noise = Heeds(rawValue: 8)
        /// `eta_noise_seed_delta`.
        static let seedDelta = Heeds(rawValue: 16)
    }

    private init(
        _ name: String, _ aliases: [String], _ sampler: String, automatic: A1111Scheduler = .automatic, _ heeds: Heeds
    ) {
        self.name = name
        self.aliases = aliases
        self.sampler = sampler
        self.automatic = automatic
        self.heeds = heeds
    }

    private static let ancestral: Heeds = [.scheduler, .eta, .noise, .seedDelta]
    private static let stochastic: Heeds = [.scheduler, .eta, .noise]
    private static let churning: Heeds = [.scheduler, .churn, .noise]

    static let all = [
        A1111Sampler("DPM++ 2M", ["k_dpmpp_2m"], "dpm++-2m", automatic: .karras, .scheduler),
        A1111Sampler("DPM++ SDE", ["k_dpmpp_sde"], "dpm++-sde", automatic: .karras, stochastic),
        A1111Sampler("DPM++ 2M SDE", ["k_dpmpp_2m_sde"], "dpm++-2m-sde", automatic: .exponential, stochastic),
        A1111Sampler(
            "DPM++ 2M SDE Heun", ["k_dpmpp_2m_sde_heun"], "dpm++-2m-sde-heun", automatic: .exponential, stochastic),
        A1111Sampler("DPM++ 2S a", ["k_dpmpp_2s_a"], "dpm++-2s-ancestral", automatic: .karras, ancestral),
        A1111Sampler("DPM++ 3M SDE", ["k_dpmpp_3m_sde"], "dpm++-3m-sde", automatic: .exponential, stochastic),
        A1111Sampler("Euler a", ["k_euler_a", "k_euler_ancestral"], "euler-ancestral", ancestral),
        A1111Sampler("Euler", ["k_euler"], "euler", churning),
        A1111Sampler("LMS", ["k_lms"], "lms", .scheduler),
        A1111Sampler("Heun", ["k_heun"], "heun", churning),
        A1111Sampler("DPM2", ["k_dpm_2"], "dpm2", automatic: .karras, churning),
        A1111Sampler("DPM2 a", ["k_dpm_2_a"], "dpm2-ancestral", automatic: .karras, ancestral),
        A1111Sampler("LCM", ["k_lcm"], "lcm", []),
        A1111Sampler("TCD", [], "tcd", .eta),
        A1111Sampler("DDIM", [], "ddim", .eta),
        A1111Sampler("PLMS", [], "pndm", []),
        A1111Sampler("UniPC", [], "unipc", []),
        A1111Sampler("DEIS", [], "deis", []),
        A1111Sampler("Euler", ["k_euler"], "flow-euler", []),
    ]

    /// The samplers that the studio has among `names`.
    static func offered(_ names: [String]) -> [A1111Sampler] { all.filter { names.contains($0.sampler) } }

    /// Whether it goes by a name, however its letters are written.
    func isCalled(_ name: String) -> Bool {
        let name = name.lowercased()
        return self.name.lowercased() == name || sampler == name || aliases.contains(name)
    }
}
