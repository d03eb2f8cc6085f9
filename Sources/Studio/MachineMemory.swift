import Foundation
import NeuralNetwork

/// How much memory this machine, or the group of processes that holds this one, or its own limits leave.
package enum MachineMemory {
    /// Bytes that can still be had; what a small machine has when the system does not tell.
    package static var availableBytes: Int {
        let bounds = [
            meminfo(text(of: "/proc/meminfo")), controlGroup, AddressSpace.remainingBytes,
        ].compactMap { $0 }
        return bounds.min() ?? Int(clamping: ProcessInfo.processInfo.physicalMemory / 2)
    }

    /// `MemAvailable` of Linux's `/proc/meminfo`, in bytes.
    package static func meminfo(_ text: String?) -> Int? {
        for line in text?.split(separator: "\n") ?? [] where line.hasPrefix("MemAvailable:") {
            guard let kibibytes = line.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else { return nil }
            return kibibytes << 10
        }
        return nil
    }

    /// What a control group's limit leaves; nil without a limit.
    ///
    /// - Parameters:
    ///   - limit: The text of `memory.max` (or `memory.limit_in_bytes`).
    ///   - usage: The text of `memory.current` (or `memory.usage_in_bytes`).
    ///   - statistics: The text of `memory.stat`: pages of files that nobody waits for can be taken back.
    package static func controlGroup(limit: String?, usage: String?, statistics: String?) -> Int? {
        let number = { (text: String?) in text.flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) } }
        // Version 1 says "no limit" by a number near the largest.
        guard let limit = number(limit), limit < 1 << 60, let usage = number(usage) else { return nil }
        let reclaimable =
            statistics?.split(separator: "\n").first { $0.hasPrefix("inactive_file ") }
            .flatMap { Int($0.dropFirst("inactive_file ".count)) } ?? 0
        return max(0, limit - usage + reclaimable)
    }

    private static var controlGroup: Int? {
        let (second, first) = ("/sys/fs/cgroup", "/sys/fs/cgroup/memory")
        return controlGroup(
            limit: text(of: "\(second)/memory.max"), usage: text(of: "\(second)/memory.current"),
            statistics: text(of: "\(second)/memory.stat"))
            ?? controlGroup(
                limit: text(of: "\(first)/memory.limit_in_bytes"), usage: text(of: "\(first)/memory.usage_in_bytes"),
                statistics: text(of: "\(first)/memory.stat"))
    }

    private static func text(of path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }
}
