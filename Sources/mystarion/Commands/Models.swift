import ArgumentParser

/// `mystarion models`: what is installed.
struct Models: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List the models that are installed.",
        discussion: """
            Models are folders in the layout of the diffusers library. They are looked for in the folder that
            MYSTARION_MODELS names, in Models/ in the working folder, and in Models/ beside the program.

            EXAMPLES
              mystarion models
              MYSTARION_MODELS=~/models mystarion models
            """)

    func run() throws {
        let models = InstalledModel.all()
        guard !models.isEmpty else { throw InstalledModel.noneFound }
        let rows = models.map { $0.summary.map(Terminal.printable) }
        let header = ["NAME", "ARCHITECTURE", "SIZE", "RESOLUTION"]
        let widths = header.indices.map { column in (rows + [header]).map { $0[column].count }.max() ?? 0 }
        for row in [header] + rows {
            let cells = zip(row, widths).map { cell, width in
                cell + String(repeating: " ", count: width - cell.count)
            }
            var line = cells.joined(separator: "  ")
            while line.last == " " { line.removeLast() }
            try Terminal.say(line)
        }
    }
}
