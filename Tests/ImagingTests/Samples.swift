import Foundation
import Imaging

/// A picture whose every byte is told by its place, the same as in the script that made the expected values:
/// `(37 x + 91 y + 53 channel + 7 x y) mod 256`.
func pattern(width: Int, height: Int, channels: Int) -> PixelBuffer {
    var picture = PixelBuffer(width: width, height: height, channels: channels)
    picture.withMutableBytes { bytes in
        for y in 0..<height {
            for x in 0..<width {
                for channel in 0..<channels {
                    let value = 37 * x + 91 * y + 53 * channel + 7 * x * y
                    bytes[(y * width + x) * channels + channel] = UInt8(truncatingIfNeeded: value)
                }
            }
        }
    }
    return picture
}

/// A picture with soft colours, as photographs have and lossy formats like.
func gradient(width: Int, height: Int, channels: Int) -> PixelBuffer {
    var picture = PixelBuffer(width: width, height: height, channels: channels)
    picture.withMutableBytes { bytes in
        for y in 0..<height {
            for x in 0..<width {
                let values = [x * 255 / width, y * 255 / height, (x + y) * 255 / (width + height), 255]
                for channel in 0..<channels { bytes[(y * width + x) * channels + channel] = UInt8(values[channel]) }
            }
        }
    }
    return picture
}

extension PixelBuffer {
    /// A copy of the bytes, to compare.
    var copy: [UInt8] { withUnsafeBytes { Array($0) } }

    /// Width, height and channels, to compare.
    var shape: [Int] { [width, height, channels] }
}

/// The bytes that a Base64 text stands for.
func bytes(_ base64: String) -> [UInt8] { Data(base64Encoded: base64).map { [UInt8]($0) } ?? [] }

/// CRC-32 as PNG and zlib have it.
func crc32(_ bytes: some Sequence<UInt8>) -> UInt32 {
    var crc: UInt32 = 0xFFFF_FFFF
    for byte in bytes {
        crc ^= UInt32(byte)
        for _ in 0..<8 {
            let isOdd = crc & 1 == 1
            crc >>= 1
            if isOdd { crc ^= 0xEDB8_8320 }
        }
    }
    return ~crc
}

func bigEndian(_ value: Int) -> [UInt8] { littleEndian(value, count: 4).reversed() }

func littleEndian(_ value: Int, count: Int) -> [UInt8] {
    (0..<count).map { index in UInt8(truncatingIfNeeded: value >> (8 * index)) }
}

/// A PNG chunk.
func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
    let body = Array(name.utf8) + content
    return bigEndian(content.count) + body + bigEndian(Int(crc32(body)))
}

/// An EXIF block that says nothing but the orientation.
func exif(orientation: UInt8, littleEndian: Bool) -> [UInt8] {
    let block: [UInt8] =
        littleEndian
        ? [0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0]
        : [0x4D, 0x4D, 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1]
    var value = [UInt8](repeating: 0, count: 8)
    value[littleEndian ? 0 : 1] = orientation
    return block + value
}

/// Small files of all formats, to damage.
func smallFiles() throws -> [[UInt8]] {
    var files: [[UInt8]] = []
    for format in ImageFormat.allCases {
        for channels in [1, 3, 4] {
            files.append(try pattern(width: 11, height: 7, channels: channels).encoded(as: format))
        }
    }
    return files + [Files.palette, Files.gray16, Files.progressiveJPEG, Files.losslessWebP, Files.animatedWebP]
}

/// Files that other programs made (Pillow 13).
enum Files {
    /// 2×2 pixels with a palette: red, green, green, blue.
    static let palette = bytes(
        "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACAgMAAAAP2OW3AAAACVBMVEX/AAAA/wAAAP8tSs2KAAAADElEQVR4nGMQYAoAAACIAGNi4Qq7AAAA"
            + "AElFTkSuQmCC")

    /// 2×2 pixels of 16-bit grey: 0, 255 and, of 255, 100 and 200.
    static let gray16 = bytes(
        "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACEAAAAAAHTY67AAAAEklEQVR4nGNgYPj/nykl5eRJABIeBFvSj5ROAAAAAElFTkSuQmCC")

    /// Grey 10 and, wholly transparent, grey 200.
    static let grayWithOpacity = bytes(
        "iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAQAAABeK7cBAAAADUlEQVR4nGPg+n+CAQAEugHSoRFfqAAAAABJRU5ErkJggg==")

    /// `pattern(width: 3, height: 2, channels: 3)`.
    static let losslessWebP = bytes(
        "UklGRj4AAABXRUJQVlA4TDIAAAAvAkAAAC8gJCBjG4zQVEICMuWCERqhABpjCKIXWfMfc5MJ0elATdsGbKjzL6dG9D+mFw==")

    /// Two pictures of 4×4.
    static let animatedWebP = bytes(
        "UklGRiYBAABXRUJQVlA4WAoAAAACAAAAAwAAAwAAQU5JTQYAAAAAAAAAAABBTk1GdgAAAAAAAAAAAAMAAAMAAAAAAAJWUDhMXgAAAC8DwAAA"
            + "f6A0kiQ1es/MoNm9fTWSJKXRO9wdYs9QE0mSGr1nZog5e2U///HhTzkx1lBaue9CiFBGWWfVVvXRYYK9/xBKKK2MOWijgSAAYsmKBS1e"
            + "NGmwICSi/wFnFwtBTk1GfAAAAAAAAAAAAAMAAAMAAAAAAABWUDhMZAAAAC8DwAAAf6AmkiTlnpkh5uz9+3lXaiRJSqN3uDvEnqG2jSTl"
            + "npkh5uxL/yLnP/74tdHGHJRWCCXefzDB+uhqq6yzKKMQIvddSivGGiknUAjJCvU+Co8hplxiSSGV9CL6Hz8d7xU=")

    /// 8×8 pixels of ink.
    static let inkJPEG = bytes(
        "/9j/7gAOQWRvYmUAZAAAAAAA/9sAQwAbEhQXFBEbFxYXHhwbIChCKyglJShROj0wQmBVZWRfVV1baniZgWpxkHNbXYW1hpCeo6utq2eAvMm6"
            + "pseZqKuk/8AAFAgACAAIBEMRAE0RAFkRAEsRAP/EAB8AAAEFAQEBAQEBAAAAAAAAAAABAgMEBQYHCAkKC//EALUQAAIBAwMCBAMFBQQE"
            + "AAABfQECAwAEEQUSITFBBhNRYQcicRQygZGhCCNCscEVUtHwJDNicoIJChYXGBkaJSYnKCkqNDU2Nzg5OkNERUZHSElKU1RVVldYWVpj"
            + "ZGVmZ2hpanN0dXZ3eHl6g4SFhoeIiYqSk5SVlpeYmZqio6Slpqeoqaqys7S1tre4ubrCw8TFxsfIycrS09TV1tfY2drh4uPk5ebn6Onq"
            + "8fLz9PX29/j5+v/aAA4EQwBNAFkASwAAPwDo66Ct2tqv/9k=")

    /// 8×8 pixels that come in several passes.
    static let progressiveJPEG = bytes(
        "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDACgcHiMeGSgjISMtKygwPGRBPDc3PHtYXUlkkYCZlo+AjIqgtObDoKrarYqMyP/L2u71////m8H/"
            + "///6/+b9//j/2wBDASstLTw1PHZBQXb4pYyl+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj/"
            + "wgARCAAIAAgDASIAAhEBAxEB/8QAFAABAAAAAAAAAAAAAAAAAAAAAP/EABQBAQAAAAAAAAAAAAAAAAAAAAD/2gAMAwEAAhADEAAAAQP/"
            + "xAAUEAEAAAAAAAAAAAAAAAAAAAAA/9oACAEBAAEFAn//xAAVEQEBAAAAAAAAAAAAAAAAAAAAEf/aAAgBAwEBPwEb/8QAFBEBAAAAAAAA"
            + "AAAAAAAAAAAAAP/aAAgBAgEBPwF//8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQAGPwJ//8QAFhAAAwAAAAAAAAAAAAAAAAAAACEx"
            + "/9oACAEBAAE/IVD/2gAMAwEAAgADAAAAEA//xAAVEQEBAAAAAAAAAAAAAAAAAAABAP/aAAgBAwEBPxAIv//EABYRAAMAAAAAAAAAAAAA"
            + "AAAAAAARYf/aAAgBAgEBPxBU/8QAGRAAAgMBAAAAAAAAAAAAAAAAATEAEZHx/9oACAEBAAE/EESsGdM//9k=")
}
