import ArgumentParser
import Foundation
import NeuralNetwork
import Privacy
import Studio
import Web

/// `mystarion mcp`: pictures for language models, on standard input and output.
struct MCPCommand: AsyncParsableCommand, WorkingCommand {
    static let configuration = CommandConfiguration(
        commandName: "mcp",
        abstract: "Make pictures for a language model, as a server of the Model Context Protocol.",
        discussion: """
            Programs such as Claude Desktop and editors start this command themselves and speak with it on standard input
            and output, a message a line; docs/mcp.md says how they are told to. Remarks go to standard error.

            The pictures are made in this process, or by a server that is named. A running server is one itself: at
            POST /mcp.

            EXAMPLES
              mystarion mcp
              mystarion mcp --model mystarion-icons --threads 4
              mystarion mcp --server http://127.0.0.1:8080
              claude mcp add mystarion -- mystarion mcp
            """)

    @Option(help: ArgumentHelp("The model's folder, or its name in the models folder.", valueName: "dir"))
    var model: String?

    @Option(help: "How many threads compute. (default: one for each processor that it may use)")
    var threads: Int?

    @Option(help: ArgumentHelp("Have a running server make the pictures.", valueName: "url"))
    var server: ServerAddress?

    func validate() throws {
        if server != nil, model != nil || threads != nil {
            throw ValidationError("'--server' has a model and threads of its own.")
        }
        if let threads, !(1...1024).contains(threads) {
            throw ValidationError("'--threads' must be from 1 to 1024.")
        }
    }

    func run() async throws {
        let output = MessageOutput()
        if let server {
            let bridge = MCPBridge(client: try MCPClient(server: server), write: output.write)
            return try await interruptible { try await serve(bridge, output) }
        }
        let model = try InstalledModel.find(model)
        let card = try model.card()
        let studio = LateStudio(model, threads: threads)
        let service = MCPService(
            model: card, limits: RequestLimits(), upscalers: try UpscalerShelf(on: Device(threads: 1)),
            version: Mystarion.version, studio: studio.open)
        let session = MCPSession(service: service, write: output.write)
        try await interruptible { try await serve(session, output) }
    }

    /// Hands on lines until there are no more, and waits until what they ask for is done.
    private func serve(_ session: some MCPLineReceiver, _ output: MessageOutput) async throws {
        try await withTaskCancellationHandler {
            for await line in InputLines(maximumBytes: MCPSession.maximumLineBytes).lines() {
                switch line {
                case .whole(let bytes): if let bytes = bytes.take() { await session.receive(bytes) }
                case .tooLong: await session.refuseLine()
                }
                if let failure = output.failure { throw failure }
            }
            await session.finish()
        } onCancel: {
            Task { await session.cancel() }
        }
        try Task.checkCancellation()
        if let failure = output.failure { throw failure }
    }
}

/// What takes the lines of a client.
protocol MCPLineReceiver: Sendable {
    func receive(_ line: consuming SecretBytes) async
    func refuseLine() async
    func finish() async
    func cancel() async
}

extension MCPSession: MCPLineReceiver {}
