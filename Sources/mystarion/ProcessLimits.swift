import CHost
import Foundation
import NeuralNetwork

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The limits that the system or the caller has set for the process, looked at before anything depends on them.
///
/// Libraries end the process where a thread, a descriptor or memory is refused, without a word.
enum ProcessLimits {
    /// What a command needs.
    struct Need {
        /// Threads at once.
        let threads: Int
        /// Memory beside what a model needs.
        let bytes: Int

        /// Reading and printing.
        static let little = Need(threads: 4, bytes: 64 << 20)
        /// Computing or serving: the engine's threads, Swift's, and those of connections.
        static var much: Need { Need(threads: 2 * ThreadPool.processorCount + 16, bytes: 384 << 20) }
    }

    /// Raises limits as far as that is allowed, and throws where they leave too little.
    ///
    /// To be called while there is one thread; there is one again when it returns.
    static func check(_ need: Need) throws(Failure) {
        raise(openFiles, to: fewestFiles)
        guard current(openFiles) >= fewestFiles else {
            throw Failure(.system, "the limit on open files is too low; allow \(fewestFiles) at least (ulimit -n).")
        }
        raise(stack, to: smallestStack)
        guard current(stack) >= smallestStack else {
            throw Failure(.system, "the limit on stacks is too low; allow \(smallestStack >> 10) KiB (ulimit -s).")
        }
        // New threads get stacks as small as the limit was when the process started, unless told otherwise.
        host_set_least_thread_stack(Int(smallestStack))
        // The allocator sets aside 64 MiB of address space for a thread.
        if AddressSpace.remainingBytes != nil { host_share_memory_pool() }
        guard AddressSpace.hasRoom(for: need.bytes) else {
            throw Failure(
                .system,
                "there is too little memory; allow the process \(need.bytes >> 20) MiB beside the model (ulimit -v).")
        }
        guard host_startable_threads(Int32(clamping: need.threads)) >= need.threads else {
            throw Failure(
                .system, "too few threads can be started; allow \(need.threads) and memory for them (ulimit -u, -v).")
        }
    }

    private static let fewestFiles: rlim_t = 32
    private static let smallestStack: rlim_t = 512 << 10

    private static func raise(_ resource: Resource, to wanted: rlim_t) {
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0, limit.rlim_cur < wanted else { return }
        limit.rlim_cur = min(wanted, limit.rlim_max)
        setrlimit(resource, &limit)
    }

    private static func current(_ resource: Resource) -> rlim_t {
        var limit = rlimit()
        return getrlimit(resource, &limit) == 0 ? limit.rlim_cur : .max
    }

    #if canImport(Glibc)
        private typealias Resource = __rlimit_resource_t
        private static var openFiles: Resource { Resource(RLIMIT_NOFILE.rawValue) }
        private static var stack: Resource { Resource(RLIMIT_STACK.rawValue) }
    #else
        private typealias Resource = Int32
        private static var openFiles: Resource { RLIMIT_NOFILE }
        private static var stack: Resource { RLIMIT_STACK }
    #endif
}
