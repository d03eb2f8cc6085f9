import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// How long the stages of making pictures took.
struct StageReport {
    /// A stage, by its key in JSON.
    enum Stage: String, CaseIterable {
        case load = "load_ms"
        case textEncode = "text_encode_ms"
        case unetStep = "unet_step_ms"
        case decode = "vae_decode_ms"
        case imageEncode = "image_encode_ms"

        var title: String {
            switch self {
            case .load: "load the model"
            case .textEncode: "encode the prompts"
            case .unetStep: "one step of the U-net"
            case .decode: "decode the latents"
            case .imageEncode: "encode as PNG"
            }
        }
    }

    private var times: [Stage: [Double]] = [:]
    private var peakMegabytes = 0.0

    /// The multiplications and additions of one step of the U-net, with every convolution done directly.
    var stepOperations = 0

    /// Runs and times a part of a stage.
    mutating func time<Result>(_ stage: Stage, _ body: () throws -> Result) rethrows -> Result {
        let clock = ContinuousClock()
        let start = clock.now
        let result = try body()
        times[stage, default: []].append((clock.now - start) / .milliseconds(1))
        return result
    }

    /// Notes the most memory that the process has had resident.
    mutating func readPeakMemory() {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        peakMegabytes = Double(usage.ru_maxrss) / 1024
    }

    private func median(_ stage: Stage) -> Double {
        let sorted = (times[stage] ?? [0]).sorted()
        return sorted[sorted.count / 2]
    }

    /// Billions of the step's operations a second.
    private var rate: Double {
        let milliseconds = median(.unetStep)
        return milliseconds > 0 ? Double(stepOperations) / milliseconds / 1e6 : 0
    }

    /// All but loading, with every step.
    private var total: Double {
        times.filter { $0.key != .load }.values.joined().reduce(0, +)
    }

    /// The report as people read it.
    var table: String {
        var rows = Stage.allCases.map { ($0.title, String(format: "%10.1f ms", median($0))) }
        rows.append(("the step's rate", String(format: "%10.0f GFLOP/s", rate)))
        rows.append(("all but loading", String(format: "%10.1f ms", total)))
        rows.append(("most memory", String(format: "%10.0f MB", peakMegabytes)))
        return rows.map { $0.0.padding(toLength: 24, withPad: " ", startingAt: 0) + $0.1 }.joined(separator: "\n")
    }

    /// The report as programs read it.
    var json: String {
        get throws {
            var values = Dictionary(uniqueKeysWithValues: Stage.allCases.map { ($0.rawValue, median($0)) })
            values["total_ms"] = total
            values["peak_rss_mb"] = peakMegabytes
            values["gflops"] = rate
            let rounded = values.mapValues { ($0 * 1000).rounded() / 1000 }
            let data = try JSONSerialization.data(withJSONObject: rounded, options: [.sortedKeys])
            return String(decoding: data, as: UTF8.self)
        }
    }
}
