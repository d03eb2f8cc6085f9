public import Moderation
public import Studio
internal import Synchronization
internal import Telemetry

/// What the service counts: numbers in series that are all known when it starts, none of them about anybody.
///
/// The studio reports through ``record(_:)``, the server counts its answers, and `/metrics` shows it all.
public final class ServiceMetrics: Sendable {
    private let answers = Family<AnswerLabels, Counter>(
        "mystarion_http_requests_total", "Requests that were answered, by address and class of status."
    ) { Counter() }
    private let answerTimes = Family<RouteLabels, Histogram>(
        "mystarion_http_request_duration_seconds", "From a request's head to the end of its answer."
    ) {
        Histogram(.seconds)
    }
    private let waits = Family<NoLabels, Histogram>(
        "mystarion_queue_wait_seconds", "From a request's place in the queue to its turn."
    ) { Histogram(.seconds) }
    private let stepTimes = Family<NoLabels, Histogram>(
        "mystarion_step_duration_seconds", "One pass of the denoiser over a batch."
    ) { Histogram(.seconds) }
    private let batchSizes = Family<NoLabels, Histogram>(
        "mystarion_step_batch_size", "Pictures in one pass of the denoiser."
    ) { Histogram(.sizes) }
    private let pictures = Family<NoLabels, Counter>("mystarion_pictures_total", "Pictures that were made.") {
        Counter()
    }
    private let pixels = Family<NoLabels, Counter>("mystarion_pixels_total", "Pixels of all pictures.") { Counter() }
    private let refusals: Family<RuleLabels, Counter>
    private let turnedAway = Family<NoLabels, Counter>(
        "mystarion_turned_away_total", "Requests that were turned away because too much was waiting."
    ) { Counter() }
    private let cancellations = Family<NoLabels, Counter>(
        "mystarion_cancellations_total", "Requests whose client went away or stopped them."
    ) { Counter() }
    private let timeouts = Family<NoLabels, Counter>(
        "mystarion_timeouts_total", "Requests that took longer than they may."
    ) { Counter() }
    private let failures = Family<StageLabels, Counter>(
        "mystarion_failures_total", "Requests at which the engine failed, by what it was doing."
    ) { Counter() }
    private let lostLines = Family<NoLabels, Counter>(
        "mystarion_log_lines_lost_total", "Lines of the log that could not be written."
    ) { Counter() }
    private let gauges: Gauges

    private let started = ContinuousClock.now
    private let progress = Mutex<ContinuousClock.Instant?>(nil)

    /// Starts counting.
    ///
    /// - Parameters:
    ///   - version: The program's version.
    ///   - rules: Every rule that a prompt can be refused by.
    public init(version: String, rules: [PolicyRule] = []) {
        refusals = Family(
            "mystarion_refusals_total", "Prompts that were refused, by the rule they broke.",
            keys: rules.map { RuleLabels(rule: $0) }
        ) { Counter() }
        gauges = Gauges(version: version)
    }

    /// Counts what the studio tells of its work.
    @Sendable public func record(_ measurement: StudioMeasurement) {
        switch measurement {
        case .waited(let duration):
            waits.only.record(duration)
            noteProgress()
        case .step(let duration, let batch):
            stepTimes.only.record(duration)
            batchSizes.only.record(Double(batch))
            noteProgress()
        case .picture(let count):
            pictures.only.add()
            pixels.only.add(UInt64(clamping: count))
            noteProgress()
        case .cancelled: cancellations.only.add()
        case .timedOut: timeouts.only.add()
        case .turnedAway: turnedAway.only.add()
        case .refused(let rule): refusals[RuleLabels(rule: rule)]?.add()
        case .failed(let stage): failures[StageLabels(stage: stage)]?.add()
        }
    }

    /// Counts lines of the log that could not be written.
    public func recordLostLines(_ count: Int) { lostLines.only.add(UInt64(clamping: count)) }

    /// When the studio last called a request in, finished a step or made a picture; nil before it did.
    var lastProgress: ContinuousClock.Instant? { progress.withLock { $0 } }

    func recordAnswer(_ route: Route, status: Int, duration: Duration) {
        answers[AnswerLabels(route: route, status: StatusClass(code: status))]?.add()
        answerTimes[RouteLabels(route: route)]?.record(duration)
    }

    /// How long requests waited for their turn, one time each.
    var waitingTimes: Histogram { waits.only }

    /// How long passes of the denoiser took.
    var timesOfSteps: Histogram { stepTimes.only }

    /// The exact number of something that is shown in public, where it is made coarse.
    func total(_ kind: PublishedKind) -> UInt64 {
        switch kind {
        case .requests: waits.only.count
        case .pictures: pictures.only.value
        case .refused: refusals.all.reduce(0) { $0 + $1.value }
        case .cancelled: cancellations.only.value
        case .turnedAway: turnedAway.only.value
        case .timedOut: timeouts.only.value
        case .failed: failures.all.reduce(0) { $0 + $1.value }
        }
    }

    /// Everything as it is now, as Prometheus reads it.
    func exposition(load: (waiting: Int, running: Int), isReady: Bool) -> Exposition {
        gauges.update(load: load, isReady: isReady, uptime: ContinuousClock.now - started)
        var exposition = Exposition()
        exposition.add(answers)
        exposition.add(answerTimes)
        exposition.add(waits)
        exposition.add(stepTimes)
        exposition.add(batchSizes)
        exposition.add(pictures)
        exposition.add(pixels)
        exposition.add(refusals)
        exposition.add(turnedAway)
        exposition.add(cancellations)
        exposition.add(timeouts)
        exposition.add(failures)
        exposition.add(lostLines)
        gauges.add(to: &exposition)
        return exposition
    }

    private func noteProgress() { progress.withLock { $0 = .now } }
}

/// What is read off when somebody looks, instead of being counted.
private struct Gauges: Sendable {
    private let waiting = Family<NoLabels, Gauge>("mystarion_queue_requests", "Requests that wait.") { Gauge() }
    private let running = Family<NoLabels, Gauge>("mystarion_running_requests", "Requests that are worked on.") {
        Gauge()
    }
    private let ready = Family<NoLabels, Gauge>("mystarion_ready", "1 while /readyz says so, 0 otherwise.") { Gauge() }
    private let uptime = Family<NoLabels, Gauge>("mystarion_uptime_seconds", "Since the start.") { Gauge() }
    private let memory = Family<NoLabels, Gauge>(
        "process_resident_memory_bytes", "Memory of this process that is in the machine's."
    ) { Gauge() }
    private let peakMemory = Family<NoLabels, Gauge>(
        "mystarion_peak_resident_memory_bytes", "The most that process_resident_memory_bytes ever was."
    ) { Gauge() }
    private let processorTime = Family<NoLabels, Gauge>(
        "mystarion_processor_seconds", "What processors have worked for this process."
    ) { Gauge() }
    private let build: Family<BuildLabels, Gauge>

    init(version: String) {
        let labels = BuildLabels(version: version)
        build = Family("mystarion_build_info", "1; the label says which program this is.", keys: [labels]) { Gauge() }
        build[labels]?.value = 1
    }

    func update(load: (waiting: Int, running: Int), isReady: Bool, uptime: Duration) {
        waiting.only.value = Double(load.waiting)
        running.only.value = Double(load.running)
        ready.only.value = isReady ? 1 : 0
        self.uptime.only.value = uptime / .seconds(1)
        memory.only.value = Double(ProcessUsage.residentBytes)
        peakMemory.only.value = Double(ProcessUsage.peakResidentBytes)
        processorTime.only.value = ProcessUsage.processorSeconds
    }

    func add(to exposition: inout Exposition) {
        exposition.add(waiting)
        exposition.add(running)
        exposition.add(ready)
        exposition.add(uptime)
        exposition.add(memory)
        exposition.add(peakMemory)
        exposition.add(processorTime)
        exposition.add(build)
    }
}
