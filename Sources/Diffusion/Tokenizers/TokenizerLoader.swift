/// Finds out which tokenizer a folder holds.
public enum TokenizerLoader {
    /// Reads the tokenizer of a model's folder `tokenizer`, `tokenizer_2` or the like.
    ///
    /// The class is the one that `tokenizer_config.json` names, or the `model_index.json` of the folder above, or
    /// the one whose files are there.
    public static func load(folder: String) throws(TokenizerError) -> any Tokenizer {
        let files = try TokenizerFolder(folder)
        switch try files.className() {
        case "CLIPTokenizer": return try CLIPTokenizer(files)
        case "BertTokenizer": return try WordPieceTokenizer(files)
        case let name?:
            throw .unsupported(
                file: files.file("tokenizer_config.json"), component: "tokenizer class", found: name,
                supported: "CLIPTokenizer, CLIPTokenizerFast, BertTokenizer, BertTokenizerFast")
        case nil: break
        }
        if let pipeline = files.pipeline {
            switch pipeline["model"]?["type"]?.text {
            case "BPE": return try CLIPTokenizer(files)
            case "WordPiece": return try WordPieceTokenizer(files)
            case let type:
                throw .unsupported(
                    file: files.file("tokenizer.json"), component: "model", found: type ?? "null",
                    supported: "BPE, WordPiece")
            }
        }
        if try files.lines("vocab.txt") != nil { return try WordPieceTokenizer(files) }
        return try CLIPTokenizer(files)
    }
}
