/// What a file is that was taken for another: the kinds that end up in models' folders by mistake.
public enum ForeignFormat: Equatable, Sendable, CaseIterable {
    /// What Git checks out where Git LFS is not installed: a few lines that stand for the file.
    case gitLFSPointer
    /// An archive of PyTorch's, which holds a pickle.
    case torchArchive
    /// Python's own format, which can hold programs.
    case pickle
    /// The format of llama.cpp and stable-diffusion.cpp.
    case gguf
    /// The format of Keras.
    case hdf5
    /// Compressed with gzip.
    case gzip
    /// A web page, mostly one that says why there is no file.
    case webPage

    /// How many of a file's first bytes tell what it is.
    static let beginningBytes = 64

    /// Recognises a file by its first bytes.
    package init?(beginning bytes: some Collection<UInt8>) {
        let beginning = Array(bytes.prefix(Self.beginningBytes))
        func begins(with text: String) -> Bool { beginning.starts(with: text.utf8) }
        let text = String(decoding: beginning, as: UTF8.self).drop(while: \.isWhitespace).lowercased()
        if begins(with: "version https://git-lfs") {
            self = .gitLFSPointer
        } else if begins(with: "PK\u{3}\u{4}") {
            self = .torchArchive
        } else if beginning.count >= 2, beginning[0] == 0x80, (2...5).contains(beginning[1]) {
            self = .pickle
        } else if begins(with: "GGUF") {
            self = .gguf
        } else if beginning.starts(with: [0x89, 0x48, 0x44, 0x46]) {
            self = .hdf5
        } else if beginning.starts(with: [0x1F, 0x8B]) {
            self = .gzip
        } else if text.hasPrefix("<!doctype") || text.hasPrefix("<html") || text.hasPrefix("<?xml") {
            self = .webPage
        } else {
            return nil
        }
    }

    /// The format that a file of weights has by its name; nil for safetensors and for what is none.
    init?(fileName: String) {
        switch fileName.split(separator: ".", omittingEmptySubsequences: false).last.map(String.init) {
        case "bin", "ckpt", "pt", "pth", "pkl", "pickle": self = .pickle
        case "gguf": self = .gguf
        case "h5", "hdf5", "keras": self = .hdf5
        default: return nil
        }
    }

    /// What the file is and what to do about it, to follow "it is".
    package var explanation: String {
        switch self {
        case .gitLFSPointer: "a Git LFS pointer, not the file itself; run 'git lfs pull' where the model came from"
        case .torchArchive: "an archive of PyTorch's with a pickle in it, which can run code; convert it to safetensors"
        case .pickle: "a pickle, which can run code; convert it to safetensors"
        case .gguf: "a GGUF file; only safetensors are read"
        case .hdf5: "an HDF5 file; only safetensors are read"
        case .gzip: "compressed with gzip; unpack it first"
        case .webPage: "a web page, not the file; download it again"
        }
    }
}
