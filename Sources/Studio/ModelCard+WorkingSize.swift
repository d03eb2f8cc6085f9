import Foundation

extension ModelCard {
    /// The size at which the model makes what is delivered at another one: the nearest that it works at, in about the
    /// same proportions.
    ///
    /// A model that works at any size makes what is asked for, in whole multiples of ``sizeMultiple``, as long as that is
    /// no more than the limit of pixels. Others make about as many pixels as they were trained on. The sides of very long
    /// and narrow pictures are no shorter than the limits allow, so that these are made wider than they are delivered.
    ///
    /// The result covers what is delivered when it has been scaled; what is too much then is cut off on both sides.
    ///
    /// - Parameters:
    ///   - size: What is delivered; its sides are above zero.
    ///   - limits: The limit of pixels, and the range of sides.
    public func workingSize(for size: ImageSize, limits: RequestLimits) -> ImageSize {
        let most = min(limits.maximumPixels, workingPixels?.upperBound ?? .max)
        let (width, height) = (Double(max(1, size.width)), Double(max(1, size.height)))
        let pixels = width * height
        guard pixels > Double(most) || pixels < Double(workingPixels?.lowerBound ?? 0) else {
            return covering(size, most: most, limits)
        }
        let wanted = workingPixels == nil ? most : min(most, nativeWidth * nativeHeight)
        let scale = (Double(max(1, wanted)) / pixels).squareRoot()
        return nearest(width: width * scale, height: height * scale, most: most, limits)
    }

    /// The sides that the model can make, from the shortest to the longest.
    private func sides(within limits: RequestLimits) -> (multiple: Int, shortest: Int, longest: Int) {
        let multiple = max(1, sizeMultiple)
        let shortest = max(1, (limits.sides.lowerBound + multiple - 1) / multiple) * multiple
        return (multiple, shortest, max(shortest, limits.sides.upperBound / multiple * multiple))
    }

    /// The next whole multiples, unless that would be more pixels than may be.
    private func covering(_ size: ImageSize, most: Int, _ limits: RequestLimits) -> ImageSize {
        let (multiple, shortest, longest) = sides(within: limits)
        func side(_ length: Int) -> Int {
            min(max((min(length, longest) + multiple - 1) / multiple * multiple, shortest), longest)
        }
        let result = ImageSize(width: side(size.width), height: side(size.height))
        guard result.pixels > most else { return result }
        return nearest(width: Double(max(1, size.width)), height: Double(max(1, size.height)), most: most, limits)
    }

    /// The whole multiples within the limits whose proportions are nearest to those of a size: the shorter side is the
    /// next multiple below or above, the longer one what goes with it.
    private func nearest(width: Double, height: Double, most: Int, _ limits: RequestLimits) -> ImageSize {
        let (multiple, shortest, longest) = sides(within: limits)
        let (short, long) = (min(width, height), max(width, height))
        let ratio = long / short
        // Both are small numbers: a size is about as many pixels as are wanted here, and the sides are limited.
        let below = Int(min(max(short, Double(shortest)), Double(longest))) / multiple * multiple
        var best = (short: shortest, long: shortest, error: Double.infinity)
        let nearestFirst =
            short - Double(below) <= Double(below + multiple) - short
            ? [below, below + multiple] : [below + multiple, below]
        for short in nearestFirst where (shortest...longest).contains(short) {
            let wanted = Int(min(Double(short) * ratio, Double(longest)))
            let possible = min(longest, most / short / multiple * multiple)
            let long = max(short, min((wanted + multiple / 2) / multiple * multiple, possible))
            guard long <= max(possible, shortest) else { continue }
            let error = abs(log(Double(long) / Double(short) / ratio))
            if error < best.error { best = (short, long, error) }
        }
        return width >= height
            ? ImageSize(width: best.long, height: best.short) : ImageSize(width: best.short, height: best.long)
    }
}
