/// After which steps of a picture it is shown.
package enum PreviewSchedule {
    /// Whether a preview is due after a step; never after the last, which the picture itself follows.
    package static func isDue(_ previews: Previews, after step: Int, of total: Int) -> Bool {
        guard step < total else { return false }
        switch previews {
        case .none: return false
        case .everyStep: return true
        case .count(let count):
            // So many of the `count + 1` equal parts of the way are behind it, more than one step ago.
            return step * (count + 1) / total > (step - 1) * (count + 1) / total
        }
    }
}
