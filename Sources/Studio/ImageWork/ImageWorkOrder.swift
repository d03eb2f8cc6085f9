/// The order in which jobs of several clients are done: first the client's that has been given the least.
///
/// Goyal, Vin and Cheng, "Start-time Fair Queueing", 1996. A client that comes has been given as much as the one whose
/// job was taken last, so that it waits for no more than one job of each client before it, and cannot save up turns by
/// staying away. A client's own jobs keep their order. When nothing waits, nobody is remembered.
package struct ImageWorkOrder<Client: Hashable, Job> {
    private struct Entry {
        let job: Job
        let cost: Int
        let number: Int
    }

    private struct ClientQueue {
        var start: Double
        var entries: [Entry] = []
    }

    private var queues: [Client: ClientQueue] = [:]
    private var now = 0.0
    private var arrivals = 0

    package init() {}

    /// How many jobs wait.
    package private(set) var count = 0

    /// Whether nothing waits.
    package var isEmpty: Bool { count == 0 }

    /// Puts a job behind the client's others.
    package mutating func append(_ job: Job, of client: Client, cost: Int) {
        arrivals += 1
        count += 1
        let entry = Entry(job: job, cost: max(1, cost), number: arrivals)
        var queue = queues.removeValue(forKey: client) ?? ClientQueue(start: now)
        if queue.entries.isEmpty { queue.start = max(queue.start, now) }
        queue.entries.append(entry)
        queues[client] = queue
    }

    /// The job that is next, leaving out some clients; nil when nothing else waits.
    package func first(besides excluded: Set<Client> = []) -> Job? {
        next(besides: excluded).flatMap { queues[$0]?.entries.first?.job }
    }

    /// Takes the job that is next, leaving out some clients; nil when nothing else waits.
    package mutating func removeFirst(besides excluded: Set<Client> = []) -> Job? {
        guard let client = next(besides: excluded), var queue = queues.removeValue(forKey: client) else { return nil }
        let entry = queue.entries.removeFirst()
        now = queue.start
        queue.start += Double(entry.cost)
        queues[client] = queue
        count -= 1
        forgetIdle()
        return entry.job
    }

    /// Takes out jobs that need not be done any more.
    package mutating func removeAll(where isUnwanted: (Job) -> Bool) {
        for (client, var queue) in queues {
            queue.entries.removeAll { isUnwanted($0.job) }
            queues[client] = queue
        }
        count = queues.values.reduce(0) { $0 + $1.entries.count }
        forgetIdle()
    }

    /// Whose turn it is.
    private func next(besides excluded: Set<Client>) -> Client? {
        let waiting = queues.lazy.compactMap { client, queue in
            excluded.contains(client)
                ? nil : queue.entries.first.map { (client: client, start: queue.start, number: $0.number) }
        }
        return waiting.min { ($0.start, $0.number) < ($1.start, $1.number) }?.client
    }

    /// Forgets clients that are owed as much as a newcomer, and everybody when nothing waits.
    private mutating func forgetIdle() {
        guard !isEmpty else {
            queues = [:]
            now = 0
            return
        }
        queues = queues.filter { !$0.value.entries.isEmpty || $0.value.start > now }
    }
}
