extension Upscaler {
    /// The size of a picture that is enlarged a whole number of times.
    ///
    /// - Throws: `UpscalingError.scale`, `.side` or `.tooManyPixels`.
    static func size(
        of size: (width: Int, height: Int), scale: Int, limits: UpscalingLimits
    ) throws(UpscalingError) -> (width: Int, height: Int) {
        guard scales.contains(scale) else { throw .scale(asked: scale, allowed: scales) }
        let (width, isTooWide) = size.width.multipliedReportingOverflow(by: scale)
        let (height, isTooHigh) = size.height.multipliedReportingOverflow(by: scale)
        guard !isTooWide, !isTooHigh else { throw .side(maximum: limits.maximumSide) }
        try limits.check(width: width, height: height)
        return (width, height)
    }

    /// The passes of the network that make a picture at least so many times as large, none for filters.
    ///
    /// - Parameters:
    ///   - size: The picture's.
    ///   - scale: How many times as large.
    ///   - tileSize: About how many pixels a step takes, as the side of a square; as suits the network when nil.
    func passes(from size: (width: Int, height: Int), scale: Int, tileSize: Int?) -> [any UpscalingPass] {
        guard case .network(let network) = method else { return [] }
        var passes: [any UpscalingPass] = []
        var done = 1
        for times in Self.factors(of: scale, by: network.scale) {
            passes.append(
                network.pass(
                    width: done * size.width, height: done * size.height, scale: times, tileSize: tileSize))
            done *= times
        }
        return passes
    }

    /// How many times larger each pass makes a picture, until it is at least `scale` times as large.
    ///
    /// The last pass may make it less than `native` times larger, but not less than half of that: the filter that brings
    /// down its result would leave out pixels.
    static func factors(of scale: Int, by native: Int) -> [Int] {
        var factors: [Int] = []
        var done = 1
        while done < scale {
            let left = (scale + done - 1) / done
            let times = min(native, max(left, (native + 1) / 2))
            factors.append(times)
            done *= times
        }
        return factors
    }

    /// The passes after which both sides of a picture are at least as long as they shall be.
    ///
    /// - Throws: `UpscalingError.tooManyPixels` where the shapes are so different that it would be many more pixels.
    func passes(
        from size: (width: Int, height: Int), toReach goal: (width: Int, height: Int), limits: UpscalingLimits,
        tileSize: Int?
    ) throws(UpscalingError) -> [any UpscalingPass] {
        let scale = max(
            (goal.width + size.width - 1) / size.width, (goal.height + size.height - 1) / size.height)
        let passes = passes(from: size, scale: scale, tileSize: tileSize)
        guard let last = passes.last else { return [] }
        let (pixels, overflow) = last.resultWidth.multipliedReportingOverflow(by: last.resultHeight)
        guard !overflow, pixels / 4 <= limits.maximumPixels else { throw .tooManyPixels(maximum: limits.maximumPixels) }
        return passes
    }
}
