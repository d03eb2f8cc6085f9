#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What this process has of the machine.
public enum ProcessUsage {
    /// The most bytes that were ever in memory at once.
    public static var peakResidentBytes: Int {
        #if canImport(Darwin)
            usage.ru_maxrss
        #else
            usage.ru_maxrss * 1024
        #endif
    }

    /// The bytes that are in memory now; the most there ever were, where the system does not tell.
    public static var residentBytes: Int {
        var bytes = [UInt8](repeating: 0, count: 256)
        let file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return peakResidentBytes }
        defer { close(file) }
        let length = max(0, read(file, &bytes, bytes.count))
        // Total, resident, …, in pages.
        let fields = bytes[..<length].split(separator: UInt8(ascii: " "))
        guard fields.count > 1, let pages = Int(String(decoding: fields[1], as: UTF8.self)) else {
            return peakResidentBytes
        }
        return pages * Int(getpagesize())
    }

    /// The seconds that processors have worked for it.
    public static var processorSeconds: Double {
        let usage = usage
        let seconds = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec
        return Double(seconds) + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1_000_000
    }

    private static var usage: rusage {
        var usage = rusage()
        #if canImport(Darwin)
            getrusage(RUSAGE_SELF, &usage)
        #else
            getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        #endif
        return usage
    }
}
