import Imaging

/// How much memory requests may need together, above the loaded model.
struct MemoryBudget: Sendable {
    /// All of it, in bytes.
    let total: Int

    /// What work on images may hold besides.
    let images: Int

    /// Bytes that the engine needs at its peak for so many pictures of a size in one pass.
    let workingBytes: @Sendable (_ width: Int, _ height: Int, _ batch: Int) -> Int

    /// What a request holds from its arrival to its end, and what a pass with one of its pictures needs besides.
    struct Need: Sendable, Equatable {
        let held: Int
        let working: Int
    }

    /// The parts of the memory that there is.
    struct Parts: Sendable, Equatable {
        /// For what requests send.
        let bodies: Int
        /// For reading, changing and writing images.
        let images: Int
        /// For what requests hold, and for the engine: always at least half.
        let requests: Int
    }

    /// Divides what there is.
    static func parts(of total: Int, bodies: Int?) -> Parts {
        // Four photographs of 24 megapixels at once.
        let images = min(total / 8, 4 * imageBytesPerPixel * 24_000_000)
        let bodies = min(max(0, bodies ?? min(total / 4, 512 << 20)), total / 2 - images)
        return Parts(bodies: bodies, images: images, requests: total - bodies - images)
    }

    /// What a request will need, from its sizes alone, once they are planned.
    func need(of request: borrowing GenerationRequest, upscalers: UpscalerShelf = .filters) -> Need {
        let settings = request.settings
        // An image that is too large for the part that images have is worked on alone, and pays for the rest itself.
        let excess = max(0, request.preparationBytes - images)
        return Need(
            held: Self.embeddingBytes + request.heldBytes + excess,
            working: settings.enlargement.map { upscalers.workingBytes(of: $0, from: settings) }
                ?? workingBytes(settings.width, settings.height, 1))
    }

    /// Throws when a request could not be served even if it were alone.
    func check(_ need: Need) throws(StudioError) {
        guard need.held + need.working <= total else {
            throw .tooLarge(needed: Self.mebibytes(need.held + need.working), available: total >> 20)
        }
    }

    /// Whether a request can be taken in besides others.
    func hasRoom(for need: Need, besides others: some Sequence<Need>) -> Bool {
        var (held, working) = (need.held, need.working)
        for other in others {
            held += other.held
            working = max(working, other.working)
        }
        return held + working <= total
    }

    /// The most pictures of a size, up to `maximum`, that may share a pass while requests hold so much; at least one.
    func batch(width: Int, height: Int, upTo maximum: Int, held: Int) -> Int {
        var batch = maximum
        while batch > 1, workingBytes(width, height, batch) > total - held { batch -= 1 }
        return batch
    }

    private static func mebibytes(_ bytes: Int) -> Int { (bytes + (1 << 20) - 1) >> 20 }

    /// What an image takes for each of its pixels while it is decoded: the pixels before and after they are turned, in four
    /// channels, and what a decoder holds of all of them: a progressive JPEG's coefficients, or 16 bits a channel.
    static let imageBytesPerPixel = 14

    /// An allowance for embeddings and latents, which are small beside pictures and the engine's work.
    private static let embeddingBytes = 1 << 20
}
