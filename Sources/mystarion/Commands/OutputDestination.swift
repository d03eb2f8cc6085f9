import Foundation
import Imaging
import Studio

/// Where the pictures go: files named after the first one, or standard output.
struct OutputDestination {
    private let paths: [String]
    private let format: ImageFormat

    /// Whether the picture goes to standard output.
    var isStandardOutput: Bool { paths.isEmpty }

    /// Decides on the names before any work is done.
    ///
    /// A file that was named is overwritten; without a name, one is found that is free.
    ///
    /// - Parameters:
    ///   - output: A file's name, `-` for standard output, or nil.
    ///   - seed: The first picture's seed.
    ///   - count: How many pictures; several get numbered names.
    init(_ output: String?, seed: UInt64, count: Int) throws {
        if output == "-" {
            paths = []
            format = .png
            return
        }
        let url = URL(fileURLWithPath: output ?? "mystarion-\(seed).png")
        guard let format = ImageFormat(fileExtension: url.pathExtension) else {
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
        if output == nil, !isFree(stem) {
            let free = (2...9999).lazy.map { "\(stem)_\($0)" }.first(where: isFree)
            paths = names(free ?? stem)
        } else {
            paths = names(stem)
        }
        self.format = format
    }

    /// Writes one of the pictures.
    func write(_ picture: Picture) throws {
        let bytes: [UInt8]?
        do {
            bytes = try picture.encoded(as: format)
        } catch {
            throw Failure(.software, error.description)
        }
        guard let bytes else { return }
        do {
            if isStandardOutput {
                try FileHandle.standardOutput.write(contentsOf: Data(bytes))
            } else {
                try Data(bytes).write(to: URL(fileURLWithPath: paths[picture.index]))
                Terminal.say(shortened(paths[picture.index]))
            }
        } catch {
            throw Failure(.cannotCreate, "the picture could not be written: \(error.localizedDescription)")
        }
    }

    /// A path as seen from the working folder.
    private func shortened(_ path: String) -> String {
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
