import CKernels
import Host
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A fixed set of threads that share the parts of one operation at a time.
///
/// The calling thread takes part. Between operations that follow each other closely the threads wait awake, since
/// a network's pass is hundreds of short operations; after a pause they sleep. A second caller that finds the
/// threads busy does its parts alone, so nothing ever waits for another's work.
public final class ThreadPool: Sendable {
    /// How many threads compute, the calling one included.
    public let count: Int

    private let shared: Shared?

    /// The processors that the system lets this process use: by its affinity, and by the quotas of its control groups.
    public static var processorCount: Int { ProcessorCount.usable }

    /// Starts `count - 1` threads, or as many as the system allows.
    public init(count: Int) {
        precondition(count >= 1, "a thread pool needs at least one thread, not \(count)")
        guard count > 1 else {
            self.count = 1
            shared = nil
            return
        }
        let shared = Shared()
        var started = 1
        while started < count, shared.startWorker(started) { started += 1 }
        self.shared = shared
        self.count = started
    }

    deinit { shared?.stop() }

    /// Runs `body` once for every part in `0..<parts`, on all threads, and returns when all are done.
    ///
    /// Parts are handed out in order, one at a time, to whichever thread is free. Several run at once, so a part may
    /// write only to what is its own.
    package func forEach(_ parts: Int, _ body: (_ part: Int) -> Void) {
        forEach(parts) { part, _ in body(part) }
    }

    /// Runs `body` once for every part, and tells it which of the threads `0..<count` it runs on.
    package func forEach(_ parts: Int, _ body: (_ part: Int, _ thread: Int) -> Void) {
        guard parts > 1, let shared, shared.claim() else {
            for part in 0..<max(0, parts) { body(part, 0) }
            return
        }
        defer { shared.release() }
        withoutActuallyEscaping(body) { shared.run(parts, $0) }
    }

    /// Runs operations one after the other: all threads walk along them and meet after each, and none is called again.
    func run(_ operations: Operations) {
        operations.prepare()
        guard let shared, shared.claim() else { return operations.walk(thread: 0) }
        defer { shared.release() }
        shared.run(count) { _, thread in operations.walk(thread: thread) }
    }

    /// Splits `0..<total` into about equal ranges, at least `grain` long, and runs `body` for each on all threads.
    package func forEachRange(_ total: Int, grain: Int = 1, _ body: (_ range: Range<Int>) -> Void) {
        let parts = max(1, min(count * 4, total / max(1, grain)))
        forEach(parts) { part in
            body(total * part / parts..<total * (part + 1) / parts)
        }
    }
}

/// What the caller and the workers share.
///
/// The caller waits for the workers that are inside a job, not for those that have not come: on a busy machine a
/// worker may be late by more than the whole job takes.
///
/// Safe to share: `job` is written only while `isOpen` is false and no worker is `inside`. A worker announces itself
/// before it looks whether the job is open, and the caller closes the job before it looks who is inside; both in
/// sequentially consistent order, so one of the two sees the other. The body crosses threads under the promise that
/// `ThreadPool.forEach` asks of its callers.
private final class Shared: @unchecked Sendable {
    private var job: (parts: Int, body: (Int, Int) -> Void)?
    private let isClaimed = Atomic(false)
    private let isOpen = Atomic(false)
    private let inside = Atomic(0)
    private let next = Atomic(0)
    private let generation = Atomic(0)
    private let isStopping = Atomic(false)
    private let sleepers = Atomic(0)
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    /// How often a worker looks for the next job before it sleeps: some hundreds of microseconds.
    private static let patience = 5_000

    /// How often the caller looks whether the workers are done before it lets others have its processor.
    private static let eagerness = 500

    init() {
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(condition, nil)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    func claim() -> Bool { isClaimed.compareExchange(expected: false, desired: true, ordering: .acquiring).exchanged }

    func release() { isClaimed.store(false, ordering: .releasing) }

    func run(_ parts: Int, _ body: @escaping (Int, Int) -> Void) {
        job = (parts, body)
        next.store(0, ordering: .relaxed)
        isOpen.store(true, ordering: .sequentiallyConsistent)
        advance()
        takeParts(parts, body, thread: 0)
        isOpen.store(false, ordering: .sequentiallyConsistent)
        var looks = 0
        while inside.load(ordering: .sequentiallyConsistent) > 0 {
            looks += 1
            if looks < Self.eagerness { ck_pause() } else { sched_yield() }
        }
        job = nil
    }

    /// Starts a worker, and says whether the system let it.
    func startWorker(_ thread: Int) -> Bool {
        var handle = pthread_t()
        let worker = Unmanaged.passRetained(Worker(shared: self, thread: thread))
        let status = pthread_create(
            &handle, nil,
            { argument in
                guard let argument else { return nil }
                let worker = Unmanaged<Worker>.fromOpaque(argument).takeRetainedValue()
                worker.shared.work(thread: worker.thread)
                return nil
            }, worker.toOpaque())
        guard status == 0 else {
            worker.release()
            return false
        }
        pthread_detach(handle)
        return true
    }

    /// What a thread is given when it starts.
    private final class Worker {
        let shared: Shared
        let thread: Int

        init(shared: Shared, thread: Int) {
            self.shared = shared
            self.thread = thread
        }
    }

    func stop() {
        isStopping.store(true, ordering: .releasing)
        advance()
    }

    private func advance() {
        generation.add(1, ordering: .sequentiallyConsistent)
        if sleepers.load(ordering: .sequentiallyConsistent) > 0 {
            pthread_mutex_lock(mutex)
            pthread_cond_broadcast(condition)
            pthread_mutex_unlock(mutex)
        }
    }

    private func takeParts(_ parts: Int, _ body: (Int, Int) -> Void, thread: Int) {
        while true {
            let part = next.add(1, ordering: .relaxed).oldValue
            guard part < parts else { return }
            body(part, thread)
        }
    }

    func work(thread: Int) {
        var seen = 0
        while true {
            seen = waitForGeneration(after: seen)
            if isStopping.load(ordering: .acquiring) { return }
            inside.add(1, ordering: .sequentiallyConsistent)
            if isOpen.load(ordering: .sequentiallyConsistent), let job {
                takeParts(job.parts, job.body, thread: thread)
            }
            inside.subtract(1, ordering: .sequentiallyConsistent)
        }
    }

    private func waitForGeneration(after seen: Int) -> Int {
        for _ in 0..<Self.patience {
            let current = generation.load(ordering: .acquiring)
            if current > seen { return current }
            ck_pause()
        }
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        sleepers.add(1, ordering: .sequentiallyConsistent)
        defer { sleepers.subtract(1, ordering: .sequentiallyConsistent) }
        while true {
            let current = generation.load(ordering: .sequentiallyConsistent)
            if current > seen { return current }
            pthread_cond_wait(condition, mutex)
        }
    }
}
