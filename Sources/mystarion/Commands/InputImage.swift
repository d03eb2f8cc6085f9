import Foundation
import Imaging
import Studio

/// A picture file that a command is given.
enum InputImage {
    /// Reads and decodes it.
    static func read(_ path: String) throws -> PixelBuffer { try decoded(path, try bytes(path)) }

    /// Reads and decodes it, with what its file says of how it came about; nil where that says nothing of models.
    static func readWithSource(_ path: String) throws -> (UniqueTransfer<PixelBuffer>, DigitalSource?) {
        let bytes = try bytes(path)
        return (UniqueTransfer(try decoded(path, bytes)), DigitalSource(markedIn: bytes))
    }

    private static func bytes(_ path: String) throws -> [UInt8] {
        let limits = DecodingLimits()
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw Failure(.noInput, "\(path) cannot be read.")
        }
        defer { try? file.close() }
        // One byte more than allowed tells a file that is too large.
        guard let data = try? file.read(upToCount: limits.maximumBytes + 1) else {
            throw Failure(.noInput, "\(path) cannot be read.")
        }
        return Array(data)
    }

    private static func decoded(_ path: String, _ bytes: [UInt8]) throws -> PixelBuffer {
        do {
            return try ImageDecoder.decode(bytes, limits: DecodingLimits())
        } catch {
            throw Failure(.badData, "\(path): \(error.description)")
        }
    }
}
