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

/// The time as answers' `Date` fields have it (RFC 9110, 5.6.7).
package func httpDate(ofUnixTime seconds: Int) -> String {
    var time = time_t(seconds)
    var parts = tm()
    gmtime_r(&time, &parts)
    let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    let two = { (number: Int32) in number < 10 ? "0\(number)" : "\(number)" }
    let clock = [parts.tm_hour, parts.tm_min, parts.tm_sec].map(two).joined(separator: ":")
    let (day, month) = (days[Int(parts.tm_wday)], months[Int(parts.tm_mon)])
    return "\(day), \(two(parts.tm_mday)) \(month) \(parts.tm_year + 1_900) \(clock) GMT"
}
