import Foundation
import Imaging
import Output
import Studio
import Upscaling

/// Where the pictures go: files named after the first one, or standard output.
struct OutputDestination: Sendable {
    private let files: [OutputFile]
    private let format: ImageFormat

    /// Whether the picture goes to standard output.
    var isStandardOutput: Bool { files.isEmpty }

    /// Decides on the names, and tries that files can be made there, before any work is done.
    ///
    /// A file that was named is replaced; without a name, one is found that is free.
    ///
    /// - Parameters:
    ///   - output: A file's name, `-` for standard output, or nil.
    ///   - name: What a file is called, without its ending, that nobody has named.
    ///   - count: How many pictures, at least one; several get numbered names.
    init(_ output: String?, name: String, count: Int) throws {
        if let output, ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"].contains(output) {
            guard count == 1 else {
                throw Failure(.usage, "standard output takes one picture; leave '--count' out or name a file.")
            }
            files = []
            format = .png
            return
        }
        let path = output ?? "\(name).png"
        let url = URL(fileURLWithPath: path)
        let known = ImageFormat(fileExtension: url.pathExtension)
        if known == nil, count == 1, let file = try? OutputFile(path), file.isStream {
            files = [file]
            format = .png
            return
        }
        guard let known else {
            throw Failure(.usage, "'\(output ?? "")' must end with .png, .jpg or .webp, which is how it is written.")
        }
        var isFolder: ObjCBool = false
        let folder = url.deletingLastPathComponent().path
        guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue else {
            throw Failure(.cannotCreate, "the folder \(folder) does not exist.")
        }
        let stem = url.deletingPathExtension().path
        let ending = url.pathExtension
        func names(_ stem: String) -> [String] {
            count == 1 ? ["\(stem).\(ending)"] : (1...max(1, count)).map { "\(stem)-\($0).\(ending)" }
        }
        func isFree(_ stem: String) -> Bool {
            !names(stem).contains { FileManager.default.fileExists(atPath: $0) }
        }
        var chosen = names(stem)
        if output == nil, !isFree(stem), let free = (2...9999).lazy.map({ "\(stem)_\($0)" }).first(where: isFree) {
            chosen = names(free)
        }
        files = try chosen.map { name in
            do throws(OutputError) {
                return try OutputFile(name)
            } catch {
                throw Failure(.cannotCreate, "\(Self.shortened(name)) cannot be written: \(error).")
            }
        }
        format = known
    }

    /// Writes one of the pictures; gives the path of its file, if it has one.
    func write(_ picture: Picture) throws -> String? {
        let bytes: [UInt8]?
        do {
            bytes = try picture.encoded(as: format)
        } catch {
            throw Failure(.software, error.description)
        }
        return try bytes.flatMap { try write($0, index: picture.index) }
    }

    /// Makes one of the pictures larger and writes it; gives the path of its file, if it has one.
    func write(_ picture: Picture, enlarging upscaler: Upscaler, scale: Int) throws -> String? {
        let (index, source) = (picture.index, picture.source)
        guard let pixels = picture.take() else { return nil }
        let large: PixelBuffer
        do {
            large = try upscaler.enlarge(pixels, scale: scale) { _, _ in try Task.checkCancellation() }
        } catch {
            throw Failure(upscaling: error)
        }
        return try write(large, index: index, source: source)
    }

    /// Writes pixels as one of the pictures; gives the path of its file, if it has one.
    ///
    /// - Parameters:
    ///   - pixels: The picture.
    ///   - index: Which it is.
    ///   - source: How it came about, for the file to say; nothing when nil.
    func write(_ pixels: borrowing PixelBuffer, index: Int = 0, source: DigitalSource?) throws -> String? {
        let bytes: [UInt8]
        do {
            bytes = try pixels.encoded(as: format, metadata: source.map { PictureMetadata(source: $0) })
        } catch {
            throw Failure(.software, error.description)
        }
        return try write(bytes, index: index)
    }

    private func write(_ bytes: [UInt8], index: Int) throws -> String? {
        guard index < files.count else {
            do throws(OutputError) {
                try OutputDescriptor.standardOutput.write(bytes)
                return nil
            } catch {
                throw Failure(.readOrWrite, "the picture could not be written to standard output: \(error).")
            }
        }
        let file = files[index]
        do throws(OutputError) {
            try file.write(bytes)
        } catch {
            throw Failure(.readOrWrite, "\(Self.shortened(file.path)) could not be written: \(error).")
        }
        return Self.shortened(file.path)
    }

    /// A path as seen from the working folder.
    private static func shortened(_ path: String) -> String {
        let prefix = FileManager.default.currentDirectoryPath + "/"
        return path.hasPrefix(prefix) ? String(path.dropFirst(prefix.count)) : path
    }
}

extension ImageFormat {
    fileprivate init?(fileExtension: String) {
        switch fileExtension.lowercased() {
        case "png": self = .png
        case "jpg", "jpeg": self = .jpeg
        case "webp": self = .webp
        default: return nil
        }
    }
}
