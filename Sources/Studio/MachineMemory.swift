import Foundation
package import Host
import NeuralNetwork

/// How much memory this machine, the groups of processes that hold this one, and its own limits leave.
package enum MachineMemory {
    /// Bytes that can still be had; what a small machine has when the system does not tell.
    package static var availableBytes: Int {
        [availableBytes(of: ControlGroups()), AddressSpace.remainingBytes].compactMap { $0 }.min()
            ?? Int(clamping: ProcessInfo.processInfo.physicalMemory / 2)
    }

    /// Bytes that the machine, and every control group that holds this process, still have; nil where none says.
    package static func availableBytes(of groups: ControlGroups) -> Int? {
        let files = groups.files
        // Above `memory.high` the kernel slows a process down until it hardly moves, so that is a limit as well.
        let second = groups.unified.flatMap { folder in
            ["memory.max", "memory.high"].map { limit in
                controlGroup(
                    limit: files.text(of: "\(folder)/\(limit)"), usage: files.text(of: folder + "/memory.current"),
                    statistics: files.text(of: folder + "/memory.stat"))
            }
        }
        let first = groups.folders(of: "memory").map { folder in
            controlGroup(
                limit: files.text(of: folder + "/memory.limit_in_bytes"),
                usage: files.text(of: folder + "/memory.usage_in_bytes"),
                statistics: files.text(of: folder + "/memory.stat"))
        }
        return ([meminfo(files.text(of: "/proc/meminfo"))] + second + first).compactMap { $0 }.min()
    }

    /// `MemAvailable` of Linux's `/proc/meminfo`, in bytes.
    package static func meminfo(_ text: String?) -> Int? {
        for line in text?.split(separator: "\n") ?? [] where line.hasPrefix("MemAvailable:") {
            guard let kibibytes = line.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else { return nil }
            let (bytes, overflows) = kibibytes.multipliedReportingOverflow(by: 1 << 10)
            return overflows ? nil : bytes
        }
        return nil
    }

    /// What a control group's limit leaves; nil without a limit.
    ///
    /// - Parameters:
    ///   - limit: The text of `memory.max` or `memory.high` (or `memory.limit_in_bytes`).
    ///   - usage: The text of `memory.current` (or `memory.usage_in_bytes`).
    ///   - statistics: The text of `memory.stat`: pages of files that nobody waits for can be taken back.
    package static func controlGroup(limit: String?, usage: String?, statistics: String?) -> Int? {
        // Version 1 says "no limit" by a number near the largest.
        guard let limit = limit.flatMap({ SystemFiles.number($0) }), limit < 1 << 60,
            let usage = usage.flatMap({ SystemFiles.number($0) }), (0..<1 << 60).contains(usage)
        else { return nil }
        return max(0, limit - usage + min(max(0, inactive(statistics)), usage))
    }

    /// The group's idle pages of files; version 1 counts those of the groups within it under a name of its own.
    private static func inactive(_ statistics: String?) -> Int {
        let lines = statistics?.split(separator: "\n") ?? []
        for name in ["total_inactive_file ", "inactive_file "] {
            if let line = lines.first(where: { $0.hasPrefix(name) }) { return Int(line.dropFirst(name.count)) ?? 0 }
        }
        return 0
    }
}
