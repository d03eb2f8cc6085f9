/// What a request asks of the studio, as far as it has to be known to find room and a turn for it.
struct Demand: Sendable {
    /// Who asks.
    let requester: Requester

    /// How much work it is.
    let work: Workload

    /// How much memory it takes.
    let memory: MemoryBudget.Need
}
