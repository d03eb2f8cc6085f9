internal import ServiceLifecycle

/// Forgets networks' numbers and the keys that made them when their time is over, whether anybody comes or not.
package struct NumberExpiry: Service {
    private let period: Duration
    private let acts: [@Sendable () -> Void]

    /// Does these acts again and again.
    ///
    /// - Parameters:
    ///   - acts: What forgets.
    ///   - period: How much longer than its time a number may be remembered.
    package init(_ acts: [@Sendable () -> Void], every period: Duration = .seconds(5)) {
        self.acts = acts
        self.period = period
    }

    package func run() async {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                for act in acts { act() }
                try? await Task.sleep(for: period)
            }
        }
    }
}
