import Foundation

/// Lines on their way to a descriptor that may be slow, stuck or broken, without anybody waiting for it.
///
/// One thread writes. What comes while as much waits as may, and what cannot be written, is lost and counted; a line
/// says how much that was as soon as one can be written again.
///
/// Safe to share: everything that changes is changed only while `condition` is locked, but for what the thread keeps to
/// itself while it writes.
package final class LineQueue: @unchecked Sendable {
    /// Something to write: a line, or a line that stands for lines that were lost.
    private struct Item {
        let text: String
        /// How many lines are lost if this one is.
        var lines = 1
        /// Whether these lines are counted as lost already.
        var isCounted = false
    }

    private let descriptor: OutputDescriptor
    private let maximumLines: Int
    private let describeLoss: @Sendable (_ lines: Int) -> String?
    private let onLoss: @Sendable (_ lines: Int) -> Void

    private let condition = NSCondition()
    private var items: [Item] = []
    /// Lines that found no room since the last one that did.
    private var droppedLines = 0
    private var isWriting = false
    private var isClosed = false

    // The thread's own.
    /// Lines that could not be written since the last one that could.
    private var failedLines = 0
    /// Whether the last line was written in part.
    private var isMidLine = false

    /// Starts the thread that writes.
    ///
    /// - Parameters:
    ///   - descriptor: Where lines go.
    ///   - maximumLines: The most lines that wait.
    ///   - describeLoss: The line that says how many lines were lost; nil for none.
    ///   - onLoss: Called with the number of lines that are lost, as they are; it must be quick.
    package init(
        to descriptor: OutputDescriptor, maximumLines: Int = 1_000,
        describeLoss: @escaping @Sendable (_ lines: Int) -> String? = { _ in nil },
        onLoss: @escaping @Sendable (_ lines: Int) -> Void = { _ in }
    ) {
        self.descriptor = descriptor
        self.maximumLines = maximumLines
        self.describeLoss = describeLoss
        self.onLoss = onLoss
        let thread = Thread { [self] in writeUntilClosed() }
        thread.name = "lines"
        thread.start()
    }

    /// Puts a line behind those that wait, or drops it when there is no room. Returns at once.
    package func append(_ line: String) {
        condition.lock()
        let isLost = isClosed || items.count >= maximumLines
        if isLost {
            droppedLines += 1
        } else {
            appendLoss()
            items.append(Item(text: line))
            condition.broadcast()
        }
        condition.unlock()
        if isLost { onLoss(1) }
    }

    /// Waits until everything is written, or until so much time has passed, and takes no more lines.
    package func close(within limit: Duration) {
        let deadline = Date(timeIntervalSinceNow: limit / .seconds(1))
        condition.lock()
        appendLoss()
        isClosed = true
        condition.broadcast()
        while !items.isEmpty || isWriting {
            guard condition.wait(until: deadline) else { break }
        }
        condition.unlock()
    }

    /// Puts a line about dropped ones behind those that wait. To be called with the lock.
    private func appendLoss() {
        guard droppedLines > 0 else { return }
        if let text = describeLoss(droppedLines) {
            items.append(Item(text: text, lines: droppedLines, isCounted: true))
        }
        droppedLines = 0
    }

    private func writeUntilClosed() {
        while let batch = next() {
            for item in batch { write(item) }
        }
    }

    /// Waits for lines and takes all of them; nil when there will be none any more.
    private func next() -> [Item]? {
        condition.lock()
        defer { condition.unlock() }
        isWriting = false
        condition.broadcast()
        while items.isEmpty {
            if isClosed { return nil }
            condition.wait()
        }
        isWriting = true
        defer { items = [] }
        return items
    }

    private func write(_ item: Item) {
        if failedLines > 0 {
            if let text = describeLoss(failedLines), !put(text) { return fail(item) }
            failedLines = 0
        }
        if !put(item.text) { fail(item) }
    }

    private func fail(_ item: Item) {
        failedLines += item.lines
        if !item.isCounted { onLoss(item.lines) }
    }

    private func put(_ line: String) -> Bool {
        do throws(OutputError) {
            try descriptor.write("\(isMidLine ? "\n" : "")\(line)\n")
            isMidLine = false
            return true
        } catch {
            isMidLine = isMidLine || error.written > 0
            return false
        }
    }
}
