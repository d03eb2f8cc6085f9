import Hummingbird
import Logging
import ServiceLifecycle
import Studio
import Web

/// A server that ends in order: at the first signal it refuses new work and finishes what it has, and at the second it
/// ends at once.
///
/// It still answers while it drains, so that `/readyz` can say so and requests are refused with words.
struct DrainingService<Server: Service> {
    let server: Server
    let studio: Studio
    let readiness: Readiness
    let answers: AnswersInProgress
    let bodies: BodyBudget
    /// How long admitted requests get.
    let limit: Duration
    let logger: Logger
    /// What SIGHUP asks for; when nil, it ends the process as it does by default.
    let renewal: CertificateRenewal?

    /// How long finished answers get to be sent, and connections to end after that.
    private static var deliveryTime: Duration { .seconds(5) }

    /// Runs the server until it was told to stop and has.
    func run() async throws {
        var configuration = ServiceGroupConfiguration(
            services: [.init(service: server)],
            // Other libraries' messages can hold what a log must not.
            logger: Logger(label: "services") { _ in SwiftLogNoOpLogHandler() })
        configuration.maximumGracefulShutdownDuration = Self.deliveryTime
        let group = ServiceGroup(configuration: configuration)
        let signals = ProcessSignal.take(hangUps: renewal != nil)
        try await withThrowingTaskGroup { tasks in
            tasks.addTask { try await group.run() }
            tasks.addTask {
                var draining: Task<Void, Never>?
                for await signal in signals {
                    if signal == .hangUp {
                        renewal?.renew()
                    } else if draining == nil {
                        draining = Task { await drain(group) }
                    }
                }
            }
            try await tasks.next()
            tasks.cancelAll()
        }
    }

    private func drain(_ group: ServiceGroup) async {
        readiness.beginDraining()
        let load = studio.load
        logger.log(.draining(seconds: Int(limit / .seconds(1)), waiting: load.waiting, running: load.running))
        await studio.shutdown(within: limit)
        // What has not come in full by now would never be answered.
        bodies.close()
        await answers.waitForNone(atMost: Self.deliveryTime)
        await group.triggerGracefulShutdown()
    }
}
