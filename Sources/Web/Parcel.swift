internal import Synchronization

/// Something with one owner on its way from one thread to another, which takes it once.
package final class Parcel<Content: ~Copyable & Sendable>: Sendable {
    private let content: Mutex<Content?>

    package init(_ content: consuming sending Content) { self.content = Mutex(consume content) }

    /// Takes the content; nil when it was taken before.
    package func take() -> Content? { content.withLock { $0.take() } }
}
