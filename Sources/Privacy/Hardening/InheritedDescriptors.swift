internal import CHost

/// Closes every file descriptor but standard output and error, so that nothing that the process was started with is a
/// way out.
///
/// /dev/null takes the place of standard input, and of a standard stream that is missing: the next file or connection
/// would get its number, and what is meant for people be written to it. To be called while the process has nothing
/// open.
public func closeInheritedDescriptors() { host_close_inherited() }
