extension PixelBuffer {
    /// The drawing without the plain ground that it is on: four channels, transparent where there was ground.
    ///
    /// Edges are un-mixed: their pixels get the thing's own colour and as much opacity as makes the picture again on its ground.
    /// A picture whose frame has no one colour stays opaque.
    public consuming func cutOut() -> PixelBuffer {
        precondition(channels == 3, "only pictures of three channels are cut out")
        var result = PixelBuffer(width: width, height: height, channels: 4)
        let picture = Plane<SIMD3<Float>>(width: width, height: height, filledWith: SIMD3())
        let ground = withUnsafeBytes { bytes in
            for index in picture.indices {
                picture[index] = SIMD3(Float(bytes[3 * index]), Float(bytes[3 * index + 1]), Float(bytes[3 * index + 2]))
            }
            return PlainGround(of: bytes, width: width, height: height)
        }
        guard let ground else {
            result.withUnsafeMutableBytes { target in
                for index in picture.indices { target.write(picture[index], opacity: 1, at: index) }
            }
            return result
        }
        let distances = Plane<Float>(width: width, height: height, filledWith: 0)
        for index in picture.indices {
            let difference = picture[index] - ground.color(at: index)
            distances[index] = (difference * difference).sum().squareRoot()
        }
        let region = GroundRegion(
            distances: distances, tolerance: ground.tolerance, isWhite: ground.isWhite)
        let edges = EdgeUnmixing(picture, ground: ground, region: region, distances: distances)
        result.withUnsafeMutableBytes { target in
            for index in picture.indices {
                target.write(edges.color[index], opacity: edges.opacity[index], at: index)
            }
        }
        return result
    }
}

extension UnsafeMutableBufferPointer<UInt8> {
    /// Writes a pixel of four channels; what cannot be seen has no colour.
    fileprivate func write(_ color: SIMD3<Float>, opacity: Float, at index: Int) {
        let alpha = UInt8((opacity.clamped(to: 0...1) * 255).rounded())
        for channel in 0..<3 {
            self[4 * index + channel] = alpha == 0 ? 0 : UInt8(color[channel].clamped(to: 0...255).rounded())
        }
        self[4 * index + 3] = alpha
    }
}

extension Float {
    /// The nearest number of a range.
    fileprivate func clamped(to range: ClosedRange<Float>) -> Float { min(range.upperBound, max(range.lowerBound, self)) }
}
