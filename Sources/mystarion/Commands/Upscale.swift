import ArgumentParser
import Foundation
import Imaging
import NeuralNetwork
import Studio
import Upscaling

/// `mystarion upscale`: one picture, larger.
struct Upscale: AsyncParsableCommand, WorkingCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make a picture larger.",
        discussion: """
            A network draws the lines and edges of the larger picture: realesr-animevideov3, which is bundled, is at its
            best with drawings. lanczos and nearest are filters, which invent nothing. Any other network of Real-ESRGAN's
            kinds (SRVGGNetCompact, RRDBNet) is named by its safetensors file. Transparency is kept.

            EXAMPLES
              mystarion upscale heart.png -o large.png
              mystarion upscale heart.png -o large.webp --scale 2
              mystarion upscale heart.png -o poster.png --size 3000x3000
              mystarion upscale sprite.png -o large.png --upscaler nearest
              mystarion upscale photo.jpg -o large.jpg --upscaler realesrgan-x4plus.safetensors
              mystarion upscale heart.png -o - > large.png
            """)

    @Argument(help: ArgumentHelp("The picture, PNG, JPEG or WebP.", valueName: "image"))
    var input: String

    @Option(
        name: .shortAndLong,
        help: "The file to write, .png, .jpg or .webp; - is standard output, as PNG. (default: named after the picture)"
    )
    var output: String?

    @Option(help: "How many times as wide and high: 2, 3 or 4. (default: 4)")
    var scale: Int?

    @Option(
        help: ArgumentHelp("Width and height in pixels, in place of a scale; each side for itself.", valueName: "WxH"))
    var size: PixelSize?

    @Option(
        help: ArgumentHelp(
            "realesr-animevideov3, lanczos, nearest, or a safetensors file. (default: realesr-animevideov3)",
            valueName: "name"))
    var upscaler: String?

    @Option(help: "How many threads compute. (default: one for each processor that it may use)")
    var threads: Int?

    func validate() throws {
        if let scale, !Upscaler.scales.contains(scale) { throw ValidationError("'--scale' must be 2, 3 or 4.") }
        if scale != nil, size != nil { throw ValidationError("'--scale' and '--size' exclude each other.") }
        let limits = UpscalingLimits()
        if let size, !(1...limits.maximumSide).contains(size.width) || !(1...limits.maximumSide).contains(size.height) {
            throw ValidationError("'--size' must be from 1x1 to \(limits.maximumSide)x\(limits.maximumSide).")
        }
        if let threads, !(1...1024).contains(threads) {
            throw ValidationError("'--threads' must be from 1 to 1024.")
        }
    }

    func run() async throws {
        let installed = try InstalledUpscaler.find(upscaler)
        let (given, source) = try InputImage.readWithSource(input)
        let name = URL(fileURLWithPath: input).deletingPathExtension().lastPathComponent
        let destination = try OutputDestination(output, name: "\(name)-large", count: 1)
        let upscaler = try installed.load(on: Device(threads: threads))
        let progress = ProgressBar()
        let (scale, size) = (scale ?? Upscaler.scales.upperBound, size)
        let large: UniqueTransfer<PixelBuffer>
        do {
            large = try await interruptible {
                guard let picture = given.take() else { throw CancellationError() }
                let tell = { (completed: Int, total: Int) throws in
                    try Task.checkCancellation()
                    progress.update(completed: completed, total: total)
                }
                guard let size else {
                    return UniqueTransfer(try upscaler.enlarge(picture, scale: scale, progress: tell))
                }
                return UniqueTransfer(
                    try upscaler.enlarge(picture, width: size.width, height: size.height, progress: tell))
            }
        } catch {
            progress.clear()
            throw Failure(upscaling: error)
        }
        progress.clear()
        guard let result = large.take() else { throw Failure(.software, "the picture was lost.") }
        let line = "\(result.width)x\(result.height) in \(String(format: "%.1f", progress.seconds)) s"
        // What a network draws is partly its own; a filter leaves a picture what it was.
        let path = try destination.write(
            result, source: upscaler.architecture == nil ? source : .compositeWithTrainedAlgorithmicMedia)
        if let path { try Terminal.say(path) }
        if destination.isStandardOutput { Terminal.note(line) } else { try Terminal.say(line) }
    }
}
