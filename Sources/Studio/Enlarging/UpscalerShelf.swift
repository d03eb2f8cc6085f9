public import Upscaling

/// What enlarges pictures here: networks, and the filters that are always there.
public struct UpscalerShelf: Sendable {
    /// All of them, networks first.
    public let upscalers: [Upscaler]

    /// How large an enlarged picture may be.
    public let limits: UpscalingLimits

    /// The filters alone.
    public static let filters = UpscalerShelf()

    /// Puts networks on the shelf, the first of which is taken where nobody chooses.
    public init(networks: [Upscaler] = [], limits: UpscalingLimits = UpscalingLimits()) {
        upscalers = networks + [.lanczos, .nearest]
        self.limits = limits
    }

    /// The names that they are chosen by.
    public var names: [String] { upscalers.map(\.name) }

    /// What enlarges where nobody chooses.
    public var standard: Upscaler { upscalers[0] }

    /// Finds one by its name, in capital letters or not.
    public func find(_ name: String) -> Upscaler? {
        upscalers.first { $0.name.lowercased() == name.lowercased() }
    }

    /// What enlarging a picture of a size takes.
    ///
    /// - Throws: A ``RequestError`` where there is no such upscaler, or the result would be too large.
    func cost(of enlargement: Enlargement, from size: ImageSize) throws(RequestError) -> UpscalingCost {
        let target = enlargement.uncroppedSize(of: size)
        if case .covering(let asked, _) = enlargement.target { try check(asked) }
        try check(target)
        let first = try cost(of: enlargement.upscaler, from: size, to: target)
        guard let second = enlargement.second else { return first }
        let other = try cost(of: second.upscaler, from: size, to: target)
        return UpscalingCost(
            steps: first.steps + other.steps, multiplyAdds: first.multiplyAdds + other.multiplyAdds,
            // The first's result waits for the second's.
            bytes: max(first.bytes, other.bytes) + 4 * target.pixels)
    }

    /// The bytes that enlarging a picture of the settings' size needs at its peak.
    func workingBytes(of enlargement: Enlargement, from settings: GenerationSettings) -> Int {
        let size = ImageSize(width: settings.width, height: settings.height)
        return (try? cost(of: enlargement, from: size))?.bytes ?? 0
    }

    private func cost(
        of name: String, from size: ImageSize, to target: ImageSize
    ) throws(RequestError) -> UpscalingCost {
        guard let upscaler = find(name) else { throw .unknownUpscaler(allowed: names) }
        do {
            return try upscaler.cost(
                width: size.width, height: size.height, channels: 4, toWidth: target.width, toHeight: target.height,
                limits: limits)
        } catch {
            throw .enlargedTooLarge(limits)
        }
    }

    private func check(_ size: ImageSize) throws(RequestError) {
        do {
            try limits.check(width: size.width, height: size.height)
        } catch {
            throw .enlargedTooLarge(limits)
        }
    }
}
