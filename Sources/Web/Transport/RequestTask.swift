internal import Hummingbird
internal import HummingbirdCore
internal import NIOCore

/// Answers each request of an HTTP/1.1 connection in a task of its own.
///
/// A task keeps what its functions have had in variables, a seed for example, in memory that it uses again until it
/// ends. The connection's own task ends with the connection; this one ends, and its memory is erased, with the answer.
func inTaskOfItsOwn(_ responder: @escaping HTTPChannelHandler.Responder) -> HTTPChannelHandler.Responder {
    { request, writer, channel in
        let parcel = Parcel(WriterBox(writer: writer))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                guard let box = parcel.take() else { return }
                try await responder(request, box.takeWriter(), channel)
            }
            try await group.waitForAll()
        }
    }
}

/// A writer on its way to the task that uses it.
///
/// It is safe to send: all that it holds is a NIO writer, which any task may use, and only one task has it at a time.
private struct WriterBox: ~Copyable, @unchecked Sendable {
    let writer: ResponseWriter

    consuming func takeWriter() -> ResponseWriter { writer }
}
