internal import CHost

/// Overwrites what functions that have returned left on this thread's stack, 64 KiB deep.
///
/// Copies of settings, seeds and short strings lie there until other functions happen to reach as deep, which on a thread
/// that waits is never. It takes about a microsecond, so it belongs where a request has been read and where one ends.
public func eraseStack() { host_erase_stack() }
