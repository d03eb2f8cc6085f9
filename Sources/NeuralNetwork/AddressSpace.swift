#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// How much memory the system would still give this process.
package enum AddressSpace {
    /// Whether so much more memory could be had now, by the process's limits and as far as the system tells before the
    /// memory is used.
    ///
    /// It is taken and given back at once, without being touched.
    package static func hasRoom(for bytes: Int, times count: Int = 1) -> Bool {
        let (size, overflows) = bytes.multipliedReportingOverflow(by: count)
        guard !overflows, size >= 0 else { return false }
        guard size > 0 else { return true }
        let flags = MAP_PRIVATE | MAP_ANONYMOUS
        guard let address = mmap(nil, size, PROT_READ | PROT_WRITE, flags, -1, 0), address != MAP_FAILED else {
            return false
        }
        munmap(address, size)
        return true
    }
}

#if os(Linux)
    extension AddressSpace {
        /// How much the process's own limits (`ulimit -v`, `ulimit -d`) leave of memory; nil where there are none.
        package static var remainingBytes: Int? {
            let pages = BoundedFile.text(of: "/proc/self/statm").split(separator: " ").compactMap { Int($0) }
            guard pages.count >= 6 else { return nil }
            // All of the address space, and the memory that is the process's own.
            let used = [pages[0], pages[5]].map { $0 * Int(getpagesize()) }
            let limits = [
                limit(__rlimit_resource_t(RLIMIT_AS.rawValue)), limit(__rlimit_resource_t(RLIMIT_DATA.rawValue)),
            ]
            return zip(limits, used).compactMap { limit, used in limit.map { max(0, $0 - used) } }.min()
        }

        private static func limit(_ resource: __rlimit_resource_t) -> Int? {
            var limit = rlimit()
            guard getrlimit(resource, &limit) == 0, limit.rlim_cur < rlim_t(Int.max) else { return nil }
            return Int(limit.rlim_cur)
        }
    }

    extension BoundedFile {
        /// A small file of the system's as text; empty where there is none.
        fileprivate static func text(of path: String) -> String {
            do throws(Problem) {
                return String(decoding: try read(path, atMost: 1 << 16), as: UTF8.self)
            } catch {
                return ""
            }
        }
    }
#else
    extension AddressSpace {
        /// How much the process's own limits leave of memory; nil where there are none.
        package static var remainingBytes: Int? { nil }
    }
#endif
