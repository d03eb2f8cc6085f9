import CHost
import Foundation
import Privacy

/// What the kernel says of a process's protections, and what the process says itself.
struct ProtectionFacts {
    /// What the server says: in force or not; nil where it says nothing.
    var word: [Protection: Bool] = [:]

    private let pid: Int32

    init(of pid: Int32) { self.pid = pid }

    /// What can be seen from outside; nil where nothing can.
    func seen(_ protection: Protection) -> Bool? {
        switch protection {
        case .noCoreDumps: hasNoCoreDumps
        case .notDumpable: isOutOfReach
        case .noNewPrivileges:
            field("NoNewPrivs").map { $0 == "1" && hasNoCapabilities }
        case .systemCalls: field("Seccomp").map { $0 == "2" }
        case .noSwap: hasNoSwap ? true : field("VmLck").map { !$0.hasPrefix("0 ") }
        case .eraseOnFree, .files, .ports: nil
        }
    }

    /// How a protection was seen, for people.
    static func evidence(for protection: Protection) -> String {
        switch protection {
        case .noCoreDumps: "the kernel's limit for core files, and where it puts them"
        case .notDumpable: "a try to open its memory as its own user"
        case .noNewPrivileges, .systemCalls: "the kernel's status of the process"
        case .noSwap: "the kernel's list of swap, and what is locked"
        case .eraseOnFree, .files, .ports: "the server's own trial"
        }
    }

    /// Reads what the server says of itself on `/api/privacy`, or else in its log.
    mutating func hear(_ answer: HTTPAnswer, log: [UInt8]) {
        if answer.status == 200, let object = try? JSONSerialization.jsonObject(with: Data(answer.body)) {
            hear(object)
        }
        let text = String(decoding: log, as: UTF8.self)
        guard word.isEmpty,
            let line = text.split(separator: "\n").first(where: { $0.contains("in force: ") })
                ?? text.split(separator: "\n").first(where: { $0.contains(#""in_force":"#) })
        else { return }
        let waived = line.firstRange(of: "waived")?.upperBound ?? line.endIndex
        let isFirst = line.firstRange(of: "in_force").map { $0.lowerBound < waived } ?? true
        for protection in Protection.allCases {
            guard let name = line.firstRange(of: protection.rawValue) else { continue }
            word[protection] = (name.lowerBound < waived) == isFirst
        }
    }

    private mutating func hear(_ value: Any) {
        if let list = value as? [Any] { for each in list { hear(each) } }
        guard let object = value as? [String: Any] else { return }
        let name = (object["protection"] ?? object["name"]) as? String
        if let protection = name.flatMap(Protection.init(rawValue:)) {
            if let state = object["in_force"] as? Bool { word[protection] = state }
            if let state = object["state"] as? String { word[protection] = ["in_force", "in force"].contains(state) }
        } else {
            for each in object.values { hear(each) }
        }
    }

    /// Nothing is written of a process that is not dumpable. Of another, a file gets as much as the limit allows, less than
    /// a page being nothing; a program gets everything unless the limit is one byte; a socket knows no limit.
    private var hasNoCoreDumps: Bool? {
        guard let pattern = try? String(contentsOfFile: "/proc/sys/kernel/core_pattern", encoding: .utf8),
            let line = file("limits")?.split(separator: "\n").first(where: { $0.hasPrefix("Max core file size") })
        else { return nil }
        let limits = line.split(separator: " ").dropFirst(4).prefix(2).map(String.init)
        let isHeld = pattern.hasPrefix("|") ? limits == ["1", "1"] : limits == ["0", "0"] || limits == ["1", "1"]
        return isHeld && !pattern.hasPrefix("@") || isOutOfReach == true
    }

    /// None but the one to lock memory, which a server keeps where there is swap and a limit on locked memory.
    private var hasNoCapabilities: Bool {
        ["CapInh", "CapPrm", "CapEff", "CapAmb"].allSatisfy { set in
            field(set).flatMap { UInt64($0, radix: 16) }.map { $0 & ~(1 << 14) == 0 } ?? false
        }
    }

    private var isOutOfReach: Bool? {
        switch host_peer_can_read_memory(pid) {
        case 0: true
        case 1: false
        default: nil
        }
    }

    private var hasNoSwap: Bool {
        let text = (try? String(contentsOfFile: "/proc/swaps", encoding: .utf8)) ?? ""
        return text.split(separator: "\n").count <= 1
    }

    private func file(_ name: String) -> String? {
        try? String(contentsOfFile: "/proc/\(pid)/\(name)", encoding: .utf8)
    }

    private func field(_ name: String) -> String? {
        file("status")?.split(separator: "\n").first { $0.hasPrefix(name + ":") }
            .map { $0.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces) }
    }
}
