internal import Moderation
internal import Studio
internal import Telemetry

/// Where a request went, and the class of its answer.
struct AnswerLabels: Labels, CaseIterable {
    var route: Route
    var status: StatusClass

    static let names: [StaticString] = ["route", "status"]
    static var allCases: [AnswerLabels] {
        Route.allCases.flatMap { route in StatusClass.allCases.map { AnswerLabels(route: route, status: $0) } }
    }

    var values: [String] { [route.rawValue, "\(status.rawValue)xx"] }
}

/// Where a request went.
struct RouteLabels: Labels, CaseIterable {
    var route: Route

    static let names: [StaticString] = ["route"]
    static var allCases: [RouteLabels] { Route.allCases.map { RouteLabels(route: $0) } }

    var values: [String] { [route.rawValue] }
}

/// A rule of the policy that was in force when the server started.
struct RuleLabels: Labels {
    private let identifier: String

    init(rule: PolicyRule) { identifier = rule.identifier }

    static let names: [StaticString] = ["rule"]

    var values: [String] { [identifier] }
}

/// What the engine was doing.
struct StageLabels: Labels, CaseIterable {
    var stage: StudioError.Stage

    static let names: [StaticString] = ["stage"]
    static var allCases: [StageLabels] { StudioError.Stage.allCases.map { StageLabels(stage: $0) } }

    var values: [String] { [stage.rawValue] }
}

/// Which program this is.
struct BuildLabels: Labels {
    var version: String

    static let names: [StaticString] = ["version"]

    var values: [String] { [version] }
}
