extension PixelBuffer {
    /// The bytes that cutting out takes at its peak for each pixel, besides the picture itself.
    public static let cutoutBytesPerPixel = 40

    /// How often cutting out goes over all pixels, about.
    public static let cutoutPasses = 40

    /// The drawing without the plain ground that it is on: four channels, transparent where there was ground.
    ///
    /// Edges are un-mixed: their pixels get the thing's own colour and as much opacity as makes the picture again on its ground.
    /// What cannot be seen has no colour. A picture whose frame has no one colour stays opaque, and one that does not have three
    /// channels as it is.
    public consuming func cutOut() -> PixelBuffer {
        guard channels == 3 else { return self }
        var result = PixelBuffer(width: width, height: height, channels: 4)
        let distances = Plane<Float>(width: width, height: height, filledWith: 0)
        let ground = withUnsafeBytes { source in
            result.withUnsafeMutableBytes { target in
                for index in distances.indices {
                    for channel in 0..<3 { target[4 * index + channel] = source[3 * index + channel] }
                    target[4 * index + 3] = 255
                }
            }
            let ground = PlainGround(of: source, width: width, height: height)
            guard let ground else { return ground }
            for index in distances.indices {
                let color = SIMD3(
                    Float(source[3 * index]), Float(source[3 * index + 1]), Float(source[3 * index + 2]))
                let difference = color - ground.color(at: index)
                distances[index] = (difference * difference).sum().squareRoot()
            }
            return ground
        }
        guard let ground else { return result }
        let region = GroundRegion(distances: distances, ground: ground)
        let edges = EdgeUnmixing(distances: distances, ground: ground)
        result.withUnsafeMutableBytes { edges.apply(to: $0, region: region) }
        return result
    }
}
