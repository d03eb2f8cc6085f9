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
            return fitted(width: size.width, height: size.height, rounding: .up, most: most, limits)
        }
        let wanted = workingPixels == nil ? most : min(most, nativeWidth * nativeHeight)
        let scale = (Double(max(1, wanted)) / pixels).squareRoot()
        // The larger side of a very narrow picture may be as many pixels as are wanted, which are few.
        return fitted(
            width: Int(width * scale), height: Int(height * scale), rounding: .nearest, most: most, limits)
    }

    private enum Rounding { case up, nearest }

    /// Sides in whole multiples within the limits, and no more pixels than may be.
    private func fitted(
        width: Int, height: Int, rounding: Rounding, most: Int, _ limits: RequestLimits
    ) -> ImageSize {
        let multiple = max(1, sizeMultiple)
        let shortest = max(1, (limits.sides.lowerBound + multiple - 1) / multiple) * multiple
        let longest = max(shortest, limits.sides.upperBound / multiple * multiple)
        func side(_ length: Int) -> Int {
            let rest = rounding == .up ? multiple - 1 : multiple / 2
            return min(max((min(length, longest) + rest) / multiple * multiple, shortest), longest)
        }
        var result = ImageSize(width: side(width), height: side(height))
        guard result.pixels > most else { return result }
        if result.width >= result.height {
            result.width = max(shortest, min(result.width, most / result.height / multiple * multiple))
        } else {
            result.height = max(shortest, min(result.height, most / result.width / multiple * multiple))
        }
        return result
    }
}
