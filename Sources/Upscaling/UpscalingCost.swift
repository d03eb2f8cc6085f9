/// What enlarging a picture takes, known beforehand.
public struct UpscalingCost: Sendable, Equatable {
    /// How many steps there are; one for filters.
    public let steps: Int

    /// How many products and sums the network takes; for filters, about how many the filter does.
    public let multiplyAdds: Int

    /// About how many bytes of memory it takes at most, the picture's copy and the result included.
    public let bytes: Int

    /// States a cost.
    package init(steps: Int, multiplyAdds: Int, bytes: Int) {
        self.steps = steps
        self.multiplyAdds = multiplyAdds
        self.bytes = bytes
    }
}

extension Upscaler {
    /// What enlarging a picture a whole number of times takes.
    ///
    /// - Throws: `UpscalingError.scale`, `.side` or `.tooManyPixels`, as the enlargement itself would.
    public func cost(
        width: Int, height: Int, channels: Int, scale: Int, limits: UpscalingLimits = UpscalingLimits(),
        tileSize: Int? = nil
    ) throws(UpscalingError) -> UpscalingCost {
        let result = try Self.size(of: (width, height), scale: scale, limits: limits)
        return cost(
            from: (width, height), to: result, channels: channels,
            passes: passes(from: (width, height), scale: scale, tileSize: tileSize))
    }

    /// What bringing a picture to an exact size takes.
    ///
    /// - Throws: `UpscalingError.side` or `.tooManyPixels`, as the enlargement itself would.
    public func cost(
        width: Int, height: Int, channels: Int, toWidth resultWidth: Int, toHeight resultHeight: Int,
        limits: UpscalingLimits = UpscalingLimits(), tileSize: Int? = nil
    ) throws(UpscalingError) -> UpscalingCost {
        try limits.check(width: resultWidth, height: resultHeight)
        return cost(
            from: (width, height), to: (resultWidth, resultHeight), channels: channels,
            passes: try passes(
                from: (width, height), toReach: (resultWidth, resultHeight), limits: limits, tileSize: tileSize))
    }

    private func cost(
        from size: (width: Int, height: Int), to result: (width: Int, height: Int), channels: Int,
        passes: [any UpscalingPass]
    ) -> UpscalingCost {
        let (before, after) = (size.width * size.height, result.width * result.height)
        // Copies of the picture and of its opacity; the result with and without its opacity, and between two filters.
        var bytes = before * (channels + 8) + after * (channels + 8)
        var multiplyAdds = 0
        for (index, pass) in passes.enumerated() {
            let read = index == 0 ? before : passes[index - 1].resultWidth * passes[index - 1].resultHeight
            bytes = max(bytes, 3 * (read + pass.resultWidth * pass.resultHeight) + pass.workingBytes)
            multiplyAdds += pass.multiplyAdds
        }
        // Lanczos's filter sums six pixels in each direction.
        if passes.isEmpty { multiplyAdds = 12 * channels * after }
        return UpscalingCost(
            steps: max(1, passes.reduce(0) { $0 + $1.steps }), multiplyAdds: multiplyAdds, bytes: bytes)
    }
}
