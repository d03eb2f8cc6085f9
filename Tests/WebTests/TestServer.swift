import Foundation
import HTTPTypes
import Hummingbird
import ServiceLifecycle
import Studio
import Web

/// Runs `test` against a real server on a free port of this machine.
func withServer<Result: Sendable>(
    _ engine: FakeEngine = FakeEngine(), log: CapturedLog = CapturedLog(),
    configuration: WebConfiguration = WebConfiguration(port: 0), socket: ListeningSocket? = nil,
    metrics: ServiceMetrics = ServiceMetrics(version: "test"),
    bounds: StudioConfiguration = StudioConfiguration(), disclosure: Disclosure = Disclosure(),
    stuckAfter: Duration = .seconds(300),
    _ test: (TestClient) async throws -> Result
) async throws -> Result {
    let studio = Studio(engine: engine, configuration: bounds, measure: metrics.record)
    let (ports, listening) = AsyncStream<Int>.makeStream()
    let server = WebApplication.make(
        studio: studio, configuration: configuration, socket: socket, metrics: metrics,
        readiness: Readiness(metrics: metrics, stuckAfter: stuckAfter), disclosure: disclosure,
        logger: log.logger
    ) { port in
        listening.yield(port)
    }
    let running = Task {
        defer { listening.finish() }
        try await server.run()
    }
    var iterator = ports.makeAsyncIterator()
    guard let port = await iterator.next() else {
        try await running.value
        throw CancellationError()
    }
    do {
        let result = try await test(TestClient(port: port))
        running.cancel()
        await studio.shutdown()
        return result
    } catch {
        running.cancel()
        await studio.shutdown()
        throw error
    }
}
