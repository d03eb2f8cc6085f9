import Foundation

/// Another process's memory, as far as this one may read it.
struct ProcessMemory {
    /// A range of addresses that the process has mapped.
    private struct Mapping {
        let start: UInt64
        let end: UInt64
        let name: String
    }

    private static let pieceBytes = 1 << 20

    private let pid: Int32
    private let descriptor: Int32

    /// Opens the memory of a process.
    ///
    /// - Throws: A ``Refusal`` when the system does not allow it.
    init(of pid: Int32) throws(Refusal) {
        self.pid = pid
        descriptor = open("/proc/\(pid)/mem", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Refusal(errno) }
    }

    /// Closes the memory.
    func close() { Foundation.close(descriptor) }

    /// Searches every mapping that can be read; returns how many there were.
    func search(with search: inout Search, progress: (_ bytes: Int) -> Void) throws(Refusal) -> Int {
        let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.pieceBytes, alignment: 4096)
        defer { piece.deallocate() }
        let mappings = try mappings()
        let stacks = stackPointers
        for mapping in mappings {
            let owner = stacks.first { mapping.start..<mapping.end ~= $0.pointer }?.name
            search.enter(owner.map { "the stack of the thread \($0)" } ?? mapping.name)
            var address = mapping.start
            while address < mapping.end {
                let wanted = min(piece.count, Int(mapping.end - address))
                let count = pread(descriptor, piece.baseAddress, wanted, off_t(truncatingIfNeeded: address))
                // The kernel's own pages cannot be read, nor what was given back meanwhile.
                guard count > 0 else { break }
                search.look(at: UnsafeRawBufferPointer(rebasing: piece[..<count]))
                address += UInt64(count)
                progress(search.bytes)
            }
        }
        return mappings.count
    }

    /// Where the stacks of the threads are that wait for something, and the threads' names.
    private var stackPointers: [(pointer: UInt64, name: String)] {
        let folder = "/proc/\(pid)/task"
        return ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).compactMap { thread in
            func text(_ file: String) -> Substring? {
                (try? String(contentsOfFile: "\(folder)/\(thread)/\(file)", encoding: .utf8))?.split(separator: "\n")
                    .first
            }
            guard let fields = text("syscall")?.split(separator: " "), fields.count >= 2,
                let pointer = UInt64(fields[fields.count - 2].dropFirst(2), radix: 16)
            else { return nil }
            return (pointer, text("comm").map(String.init) ?? thread)
        }
    }

    private func mappings() throws(Refusal) -> [Mapping] {
        guard let text = KernelFile.text("/proc/\(pid)/maps"), !text.isEmpty else {
            throw Refusal(ESRCH)
        }
        return text.split(separator: "\n").compactMap { line in
            let fields = line.split(separator: " ", maxSplits: 5, omittingEmptySubsequences: true)
            guard fields.count >= 5, fields[1].hasPrefix("r") else { return nil }
            let bounds = fields[0].split(separator: "-").compactMap { UInt64($0, radix: 16) }
            guard bounds.count == 2 else { return nil }
            let name = fields.count > 5 ? fields[5].trimmingCharacters(in: .whitespaces) : ""
            return Mapping(start: bounds[0], end: bounds[1], name: name.isEmpty ? "memory without a name" : name)
        }
    }
}

/// The system did not let the audit look.
struct Refusal: Error {
    /// Why, in words.
    let reason: String

    init(_ code: Int32) { reason = String(cString: strerror(code)) }
}
