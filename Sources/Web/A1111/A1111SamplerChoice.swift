internal import HTTPTypes
internal import Studio

/// A sampler and a scheduler as a request names them, found among those that the model has.
struct A1111SamplerChoice: Sendable, Equatable {
    /// A1111's name for the sampler.
    var name: String
    /// The scheduler that was asked for.
    var scheduler: A1111Scheduler
    /// The studio's name for the sampler; nil for the model's own.
    var sampler: String?
    /// The studio's name for the schedule; nil for the sampler's own.
    var schedule: String?
    /// What the sampler heeds.
    var heeds: A1111Sampler.Heeds
    /// Whether a scheduler was asked for that the sampler does not follow, as none of A1111's does with this one.
    var ignoresScheduler = false

    /// What the model's own sampler is called where A1111 has no name for it.
    private static let ownName = "Default"

    /// Finds what a request asks for.
    ///
    /// - Parameters:
    ///   - name: A sampler's name or alias, perhaps with a scheduler's label behind it, as A1111 had them before its
    ///     version 1.9; the model's own when nil.
    ///   - scheduler: A scheduler's name or label.
    ///   - offered: The samplers to choose from.
    ///   - model: The model.
    init(
        name: String?, scheduler: String?, among offered: [A1111Sampler], model: ModelCard
    ) throws(WebError) {
        var wanted = A1111Scheduler.automatic
        if let scheduler {
            guard let known = A1111Scheduler(named: scheduler) else {
                throw .notOffered(
                    "scheduler",
                    "There is no such scheduler; choose one of \(Self.list(A1111Scheduler.allCases.map(\.rawValue))).")
            }
            wanted = known
        }
        guard let name, name.lowercased() != Self.ownName.lowercased() else {
            self = try Self.own(of: model, wanted, among: offered)
            return
        }
        if let sampler = offered.first(where: { $0.isCalled(name) }) {
            self.init(sampler, wanted, of: model)
            return
        }
        let lowercased = name.lowercased()
        for suffixed in A1111Scheduler.allCases {
            for suffix in suffixed.suffixes where lowercased.hasSuffix(suffix) {
                let stem = String(name.dropLast(suffix.count))
                guard let sampler = offered.first(where: { $0.isCalled(stem) }) else { continue }
                self.init(sampler, suffixed, of: model)
                return
            }
        }
        throw WebError(
            .notFound, .unsupported, "Sampler not found; choose one of \(Self.list(offered.map(\.name))).",
            parameter: "sampler_name")
    }

    /// The sampler that the model came with, which suits distilled models as no other does.
    private static func own(
        of model: ModelCard, _ scheduler: A1111Scheduler, among offered: [A1111Sampler]
    ) throws(WebError) -> A1111SamplerChoice {
        let standard = model.defaultSampler ?? model.ownSampler
        // A name that says the schedule as well, such as that of DPM++ 2M Karras.
        let stem = standard.map { $0.hasSuffix("-karras") ? String($0.dropLast(7)) : $0 }
        var choice = A1111SamplerChoice(
            name: Self.ownName, scheduler: scheduler, sampler: model.defaultSampler, schedule: nil, heeds: [])
        if let sampler = offered.first(where: { $0.sampler == stem }) {
            choice.name = sampler.name
            choice.heeds = sampler.heeds
            if scheduler != .automatic, sampler.heeds.contains(.scheduler) {
                return A1111SamplerChoice(sampler, scheduler, of: model)
            }
        }
        choice.ignoresScheduler = scheduler != .automatic
        return choice
    }

    private init(
        name: String, scheduler: A1111Scheduler, sampler: String?, schedule: String?, heeds: A1111Sampler.Heeds
    ) {
        self.name = name
        self.scheduler = scheduler
        self.sampler = sampler
        self.schedule = schedule
        self.heeds = heeds
    }

    private init(_ sampler: A1111Sampler, _ scheduler: A1111Scheduler, of model: ModelCard) {
        self.init(
            name: sampler.name, scheduler: scheduler, sampler: sampler.sampler, schedule: nil, heeds: sampler.heeds)
        guard sampler.heeds.contains(.scheduler) else {
            ignoresScheduler = scheduler != .automatic
            return
        }
        let followed = scheduler == .automatic ? sampler.automatic : scheduler
        // Some samplers have a name for their combination with a schedule.
        if followed == .karras, model.samplers.contains("\(sampler.sampler)-karras") {
            self.sampler = "\(sampler.sampler)-karras"
        } else {
            schedule = followed.schedule
        }
    }

    private static func list(_ names: [String]) -> String { names.joined(separator: ", ") }
}
