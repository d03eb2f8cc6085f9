import CProcessors

/// How many processors this process can keep busy: those that it may run on, or as many as its time is worth.
package enum ProcessorCount {
    /// The least of affinity, which cpusets are part of, and of the quotas of the groups that hold the process.
    ///
    /// Half a processor counts as one, since somebody has to do the work.
    package static var usable: Int { max(1, min(allowed, quota(of: ControlGroups()) ?? .max)) }

    /// The processors that the scheduler may run this process on.
    package static var allowed: Int { max(1, Int(processors_allowed())) }

    /// The processors that the smallest quota is worth, a part of one counting in full; nil without a quota.
    package static func quota(of groups: ControlGroups) -> Int? {
        let files = groups.files
        let second = groups.unified.compactMap { folder -> Int? in
            let words = files.text(of: folder + "/cpu.max")?.split(whereSeparator: \.isWhitespace) ?? []
            guard words.count == 2, let quota = Int(words[0]), let period = Int(words[1]) else { return nil }
            return processors(quota: quota, period: period)
        }
        let first = groups.folders(of: "cpu").compactMap { folder -> Int? in
            guard let quota = files.number(in: folder + "/cpu.cfs_quota_us"),
                let period = files.number(in: folder + "/cpu.cfs_period_us")
            else { return nil }
            return processors(quota: quota, period: period)
        }
        return (second + first).min()
    }

    /// Version 1 says that there is no quota by a negative one.
    private static func processors(quota: Int, period: Int) -> Int? {
        guard quota > 0, period > 0 else { return nil }
        return max(1, (quota - 1) / period + 1)
    }
}
