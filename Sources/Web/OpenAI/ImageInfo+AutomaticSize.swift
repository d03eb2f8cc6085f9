internal import Imaging
internal import Studio

extension ImageInfo {
    /// The size of a picture that is made from this one when nobody chooses it.
    ///
    /// It is this one's own, in the multiples that the model needs, where that has from half to twice as many pixels as
    /// the model was made for; else about so many in the same proportions.
    func automaticSize(for model: ModelCard, limits: RequestLimits) -> (width: Int, height: Int) {
        let wanted = Double(model.defaultWidth * model.defaultHeight)
        let pixels = Double(width) * Double(height)
        let isSuitable = 0.5...2 ~= pixels / wanted && pixels <= Double(limits.maximumPixels)
        let scale = isSuitable ? 1 : (wanted / pixels).squareRoot()
        // Both lengths are those of an image within the limits, and the scale brings them near what the model was made
        // for, so the product is far from what a whole number can hold.
        func side(_ length: Int) -> Int {
            let multiple = model.sizeMultiple
            let lowest = (limits.sides.lowerBound + multiple - 1) / multiple * multiple
            let rounded = Int(Double(length) * scale) / multiple * multiple
            return min(max(rounded, lowest), limits.sides.upperBound / multiple * multiple)
        }
        return (side(width), side(height))
    }
}
