package import NeuralNetwork

/// Latents as a small picture, by a linear map: what a decoder makes of them, roughly, at a ten-thousandth of the cost.
///
/// Every latent pixel becomes `detail` × `detail` pixels, from itself and its eight neighbours. The map is a
/// least-squares fit to the model's own autoencoder: to made-up pictures of coloured shapes and what it encodes them to.
package struct LatentPreview: Sendable {
    private let projection: Conv2D
    private let detail: Int

    /// Fits the map, which takes about as long as encoding a picture of 256×256 pixels.
    package init(fittedTo autoencoder: any Autoencoder, on device: Device) {
        let detail = min(4, autoencoder.scale)
        let channels = autoencoder.latentChannels
        var fit = LeastSquares(inputs: 9 * channels + 1, outputs: 3 * detail * detail)
        var random = TorchRandomSource(seed: 0)
        for _ in 0..<4 {
            let picture = Self.picture(side: 16 * autoencoder.scale, &random, on: device)
            let latents =
                autoencoder.scalingFactor
                * autoencoder.encode(picture.map { $0 * 2 - 1 }) {
                    Tensor(shape: [1, 16, 16, channels], on: device)
                }
            let blocks = picture.averaged(by: autoencoder.scale / detail)
            for row in 0..<16 {
                for column in 0..<16 {
                    fit.add(latents.neighbourhood(row, column), blocks.block(row, column, side: detail))
                }
            }
        }
        self.detail = detail
        projection = Self.convolution(fit.solution(), channels: channels, on: device)
    }

    /// A picture `[1, detail × h, detail × w, 3]` in 0…1 of scaled latents `[1, h, w, channels]`.
    package func callAsFunction(_ latents: Tensor) -> Tensor {
        let (height, width) = (latents.shape[1], latents.shape[2])
        let blocks = projection(latents)
        var picture = Tensor(shape: [1, detail * height, detail * width, 3], on: latents.device)
        picture.withMutableElements { picture in
            blocks.withElements { blocks in
                for index in blocks.indices {
                    let (channel, x) = (index % 3, index / 3 % detail)
                    let (y, pixel) = (index / 3 / detail % detail, index / 3 / detail / detail)
                    let (row, column) = (pixel / width * detail + y, pixel % width * detail + x)
                    picture[(row * width * detail + column) * 3 + channel] = min(1, max(0, blocks[index]))
                }
            }
        }
        return picture
    }

    /// The fitted map `[9 × channels + 1][outputs]` as a layer.
    private static func convolution(_ map: [[Double]], channels: Int, on device: Device) -> Conv2D {
        let outputs = map[0].count
        let weight = (0..<outputs).flatMap { output in
            (0..<channels).flatMap { channel in
                (0..<9).map { tap in Float(map[tap * channels + channel][output]) }
            }
        }
        return Conv2D(
            weight: Tensor(weight, shape: [outputs, channels, 3, 3], on: device),
            bias: Tensor(map[9 * channels].map { Float($0) }, shape: [outputs], on: device))
    }

    /// A made-up picture `[1, side, side, 3]`: ellipses and boxes of any colour before a shaded ground.
    private static func picture(side: Int, _ random: inout TorchRandomSource, on device: Device) -> Tensor {
        let ground = random.uniform(9)
        var pixels = [Float](repeating: 0, count: side * side * 3)
        for index in pixels.indices {
            let (channel, x, y) = (index % 3, Float(index / 3 % side), Float(index / 3 / side))
            let shade = (ground[3 + channel] - 0.5) * x + (ground[6 + channel] - 0.5) * y
            pixels[index] = min(1, max(0, ground[channel] + shade / Float(side)))
        }
        for number in 0..<12 {
            let shape = random.uniform(7)
            let center = (x: shape[0] * Float(side), y: shape[1] * Float(side))
            let radius = (x: (0.05 + 0.25 * shape[2]) * Float(side), y: (0.05 + 0.25 * shape[3]) * Float(side))
            for y in 0..<side {
                for x in 0..<side {
                    let (dx, dy) = ((Float(x) - center.x) / radius.x, (Float(y) - center.y) / radius.y)
                    guard number % 2 == 0 ? dx * dx + dy * dy < 1 : abs(dx) < 1 && abs(dy) < 1 else { continue }
                    for channel in 0..<3 { pixels[(y * side + x) * 3 + channel] = shape[4 + channel] }
                }
            }
        }
        return Tensor(pixels, shape: [1, side, side, 3], on: device)
    }
}

extension Tensor {
    /// The means of blocks of `side` × `side` pixels of `[1, height, width, channels]`.
    fileprivate func averaged(by side: Int) -> Tensor {
        let (height, width, channels) = (shape[1] / side, shape[2] / side, shape[3])
        var result = Tensor(shape: [1, height, width, channels], on: device)
        result.withMutableElements { result in
            withElements { source in
                for index in source.indices {
                    let (channel, x, y) = (index % channels, index / channels % shape[2], index / channels / shape[2])
                    result[((y / side) * width + x / side) * channels + channel] += source[index]
                }
            }
        }
        return result / Float(side * side)
    }

    /// A pixel with its eight neighbours, zeros beyond the edge, and a one for the constant part.
    fileprivate func neighbourhood(_ row: Int, _ column: Int) -> [Double] {
        let (height, width, channels) = (shape[1], shape[2], shape[3])
        let neighbours = withElements { elements in
            (-1...1).flatMap { dy in
                (-1...1).flatMap { dx in
                    let (y, x) = (row + dy, column + dx)
                    let isInside = 0..<height ~= y && 0..<width ~= x
                    return (0..<channels).map { isInside ? Double(elements[(y * width + x) * channels + $0]) : 0 }
                }
            }
        }
        return neighbours + [1]
    }

    /// The pixels of one block of `side` × `side`.
    fileprivate func block(_ row: Int, _ column: Int, side: Int) -> [Double] {
        let (width, channels) = (shape[2], shape[3])
        return withElements { elements in
            (0..<side).flatMap { y in
                (0..<side * channels).map { x in
                    Double(elements[((row * side + y) * width + column * side) * channels + x])
                }
            }
        }
    }
}
