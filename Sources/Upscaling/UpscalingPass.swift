package import Imaging

/// One application of a network to a picture of three channels, step by step.
package protocol UpscalingPass: Sendable {
    /// Pixels in a row of the result.
    var resultWidth: Int { get }

    /// Rows of the result.
    var resultHeight: Int { get }

    /// How many steps there are.
    var steps: Int { get }

    /// How many products and sums they take in all.
    var multiplyAdds: Int { get }

    /// About how many bytes they take at most, beside the picture and the result.
    var workingBytes: Int { get }

    /// Takes one step, after all before it.
    ///
    /// - Parameters:
    ///   - step: Which.
    ///   - picture: Three channels.
    ///   - result: What the steps write their parts of.
    /// - Throws: `UpscalingError.notFinite`.
    mutating func advance(
        _ step: Int, of picture: borrowing PixelBuffer, into result: inout PixelBuffer
    ) throws(UpscalingError)
}
