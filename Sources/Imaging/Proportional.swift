/// A length times one number over another, rounded down, as large as a number can be where it would be larger.
///
/// None of them may be negative, and the last not zero; the product may be larger than a number can be.
func proportional(_ length: Int, _ numerator: Int, _ denominator: Int, rounding: Int = 0) -> Int {
    guard length >= 0, numerator >= 0, denominator > 0 else { return 0 }
    let (high, low) = length.multipliedFullWidth(by: numerator)
    let (sum, carries) = low.addingReportingOverflow(UInt(max(0, rounding)))
    let top = UInt(high) + (carries ? 1 : 0)
    guard top < UInt(denominator) else { return .max }
    return Int(clamping: UInt(denominator).dividingFullWidth((top, sum)).quotient)
}
