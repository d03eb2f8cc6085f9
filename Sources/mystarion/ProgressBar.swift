import Foundation
import Synchronization

/// A bar with the time left, on a terminal; nothing where nobody watches.
final class ProgressBar: Sendable {
    private let isShown: Bool
    private let started = ContinuousClock.now
    private let firstStep = Mutex<ContinuousClock.Instant?>(nil)

    init() {
        isShown = Terminal.isWatched
    }

    /// Says what is going on before the first step.
    func show(_ text: String) {
        if isShown { Terminal.show(text) }
    }

    /// Shows how many steps are done.
    func update(completed: Int, total: Int) {
        guard isShown, total > 0 else { return }
        let now = ContinuousClock.now
        let first = firstStep.withLock { first in
            if first == nil { first = now }
            return first ?? now
        }
        let width = 28
        let filled = completed * width / total
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
        Terminal.show("\(bar) \(completed)/\(total)\(timeLeft(completed: completed, total: total, since: first))")
    }

    /// Removes the bar.
    func clear() {
        if isShown { Terminal.show("") }
    }

    /// Seconds since the bar was made.
    var seconds: Double { (ContinuousClock.now - started) / .seconds(1) }

    private func timeLeft(completed: Int, total: Int, since first: ContinuousClock.Instant) -> String {
        // The first step's end is where the clock begins, so one step must follow it.
        guard completed > 1, completed < total else { return "" }
        let perStep = (ContinuousClock.now - first) / .seconds(1) / Double(completed - 1)
        let left = perStep * Double(total - completed)
        return left < 60 ? String(format: "  %.1f s left", left) : String(format: "  %.0f min left", left / 60)
    }
}
