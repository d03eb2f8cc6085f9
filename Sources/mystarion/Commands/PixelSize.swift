import ArgumentParser

/// A width and a height in pixels, written `512x512`.
struct PixelSize: ExpressibleByArgument {
    let width: Int
    let height: Int

    init?(argument: String) {
        let sides = argument.lowercased().split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
        guard sides.count == 2, let width = sides[0], let height = sides[1] else { return nil }
        self.width = width
        self.height = height
    }
}

/// A size that pictures are to have: one in pixels, or what suits them.
enum PictureSize: ExpressibleByArgument {
    case automatic
    case pixels(PixelSize)

    init?(argument: String) {
        if argument.lowercased() == "auto" {
            self = .automatic
        } else if let size = PixelSize(argument: argument) {
            self = .pixels(size)
        } else {
            return nil
        }
    }
}
