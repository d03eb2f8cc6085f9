import Foundation
import Imaging

/// A picture file that a command is given.
enum InputImage {
    /// Reads and decodes it.
    static func read(_ path: String) throws -> PixelBuffer {
        let limits = DecodingLimits()
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw Failure(.noInput, "\(path) cannot be read.")
        }
        defer { try? file.close() }
        // One byte more than allowed tells a file that is too large.
        guard let data = try? file.read(upToCount: limits.maximumBytes + 1) else {
            throw Failure(.noInput, "\(path) cannot be read.")
        }
        do {
            return try ImageDecoder.decode(Array(data), limits: limits)
        } catch {
            throw Failure(.badData, "\(path): \(error.description)")
        }
    }
}
