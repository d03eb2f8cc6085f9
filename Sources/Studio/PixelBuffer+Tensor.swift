package import Imaging
package import NeuralNetwork

extension PixelBuffer {
    /// The pixels of a picture `[1, height, width, 3]` in 0…1, rounded to 8 bits as diffusers does.
    package init(_ tensor: Tensor) {
        self.init(width: tensor.shape[2], height: tensor.shape[1], channels: tensor.shape[3])
        withMutableBytes { bytes in
            tensor.withElements { elements in
                for index in bytes.indices {
                    bytes[index] = UInt8((min(1, max(0, elements[index])) * 255).rounded(.toNearestOrEven))
                }
            }
        }
    }
}

extension Tensor {
    /// The elements `[1, height, width, channels]` in 0…1 of a picture.
    init(_ picture: borrowing PixelBuffer, on device: Device) {
        self.init(shape: [1, picture.height, picture.width, picture.channels], on: device)
        withMutableElements { elements in
            picture.withBytes { bytes in
                for index in bytes.indices { elements[index] = Float(bytes[index]) / 255 }
            }
        }
    }
}
