internal import CHost

/// Leaves crashes to the kernel, so that no handler prints registers and the memory that they point at.
///
/// Swift's runtime installs such handlers at the start where `SWIFT_BACKTRACE` asks for them.
public func forbidCrashReports() { host_forbid_crash_reports() }
