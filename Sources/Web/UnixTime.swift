#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// Seconds since 1970.
func unixTime() -> Int {
    time(nil)
}

/// The time in UTC as `YYYYMMDDHHMMSS`.
func timestamp() -> String {
    var now = time(nil)
    var parts = tm()
    gmtime_r(&now, &parts)
    let numbers = [parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec]
    return numbers.reduce("\(parts.tm_year + 1_900)") { $0 + ($1 < 10 ? "0\($1)" : "\($1)") }
}

/// The day in UTC of a time in seconds since 1970, as `YYYY-MM-DD`.
package func day(ofUnixTime seconds: Int) -> String {
    var time = time_t(seconds)
    var parts = tm()
    gmtime_r(&time, &parts)
    return [parts.tm_mon + 1, parts.tm_mday].reduce("\(parts.tm_year + 1_900)") {
        $0 + ($1 < 10 ? "-0\($1)" : "-\($1)")
    }
}
