internal import Privacy

/// Calls a function, and overwrites what it left on the stack before this thread goes on to something else or waits.
///
/// What the function returns should be a reference, since it is on the stack of whoever called this.
func erasingStack<Result>(_ body: () throws -> Result) throws -> Result {
    defer { eraseStack() }
    return try apart(body)
}

/// Keeps the function's variables out of its caller's part of the stack.
@inline(never) private func apart<Result>(_ body: () throws -> Result) throws -> Result { try body() }
