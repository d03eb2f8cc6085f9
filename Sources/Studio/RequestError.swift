internal import Diffusion
internal import Imaging
internal import Upscaling

/// What is wrong with a request: which part, why, and what is allowed. It never holds text or numbers of the request.
public struct RequestError: Error, Sendable, Equatable {
    /// The part of a request that is wrong. Interfaces translate it to the name that they have for it.
    public enum Parameter: String, CaseIterable, Sendable {
        case prompt
        case negativePrompt = "negative_prompt"
        case width
        case height
        case steps
        case guidanceScale = "guidance_scale"
        case sampler
        case schedule
        case eta
        case churn
        case churnMinimum = "churn_minimum"
        case churnMaximum = "churn_maximum"
        case noiseScale = "noise_scale"
        case seed
        case variationSeed = "variation_seed"
        case variationStrength = "variation_strength"
        case noiseSize = "noise_size"
        case count
        case clipSkip = "clip_skip"
        case strength
        case initialPicture = "image"
        case background
        case mask
        case maskBlur = "mask_blur"
        case padding
        case previews
        case upscaler
        case scale
    }

    /// The kind of mistake, for programs; stable.
    public enum Code: String, CaseIterable, Sendable {
        case missing
        case tooLong = "too_long"
        case outOfRange = "out_of_range"
        case tooManyPixels = "too_many_pixels"
        case unknownSampler = "unknown_sampler"
        case unknownSchedule = "unknown_schedule"
        case unknownUpscaler = "unknown_upscaler"
        case unsuitable
        case unreadable
    }

    /// The part of the request.
    public let parameter: Parameter

    /// The kind of mistake.
    public let code: Code

    /// What was wrong and what is allowed, in sentences.
    public let message: String

    /// The name that the interface has for the part, where it is a place of its own, such as `images[0].image_url`; nil
    /// where the parameter says enough.
    public let name: String?

    private init(_ parameter: Parameter, _ code: Code, _ message: String, name: String? = nil) {
        self.parameter = parameter
        self.code = code
        self.message = message
        self.name = name
    }

    static func missing(_ parameter: Parameter) -> RequestError {
        let help = parameter == .initialPicture ? "send the picture to enlarge" : "say what the picture should show"
        return RequestError(parameter, .missing, "The \(parameter.name) is empty; \(help).")
    }

    static func tooLong(_ parameter: Parameter, maximum: Int) -> RequestError {
        RequestError(
            parameter, .tooLong, "The \(parameter.name) has more than the \(maximum) characters that are allowed.")
    }

    static func tooManyPixels(_ parameter: Parameter, maximum: Int) -> RequestError {
        RequestError(
            parameter, .tooManyPixels,
            "Width times height is more than the \(maximum) pixels that are allowed.")
    }

    static func outOfRange<Number>(_ parameter: Parameter, allowed: ClosedRange<Number>) -> RequestError {
        RequestError(
            parameter, .outOfRange,
            "The \(parameter.name) must be from \(allowed.lowerBound) to \(allowed.upperBound).")
    }

    static func unreadable(_ parameter: Parameter, _ error: ImageError, name: String) -> RequestError {
        RequestError(parameter, .unreadable, "'\(name)': \(error.description)", name: name)
    }

    static func maskWithoutOpacity(name: String) -> RequestError {
        RequestError(
            .mask, .unsuitable,
            "The mask has no opacity; it must be transparent where the picture is to be drawn anew.", name: name)
    }

    static func opaqueMask(name: String) -> RequestError {
        RequestError(
            .mask, .unsuitable,
            "The mask is opaque everywhere; make it transparent where the picture is to be drawn anew.", name: name)
    }

    static func unreadablePrompt(_ parameter: Parameter, _ problem: PromptProblem) -> RequestError {
        let code: Code =
            switch problem {
            case .tooLong: .tooLong
            case .weight, .nesting: .outOfRange
            case .composed, .unknownAdapter: .unsuitable
            }
        return RequestError(parameter, code, "The \(parameter.name) \(problem).")
    }

    static func groundNotPlain() -> RequestError {
        RequestError(
            .background, .unsuitable,
            "The model does not draw on a plain ground, so nothing can be cut out; choose an opaque background.")
    }

    static func maskWithoutPicture() -> RequestError {
        RequestError(.initialPicture, .missing, "There is a mask but no picture that it belongs to; send both.")
    }

    static func emptyMask() -> RequestError {
        RequestError(
            .mask, .unsuitable,
            "The mask marks nothing; it must be white, at least in part, where the picture is to be drawn anew.")
    }

    static func unknownSampler(allowed: [String]) -> RequestError {
        RequestError(
            .sampler, .unknownSampler,
            "The model has no such sampler; choose one of \(allowed.joined(separator: ", ")).")
    }

    static func unknownSchedule(allowed: [String]) -> RequestError {
        RequestError(
            .schedule, .unknownSchedule, "There is no such schedule; choose one of \(allowed.joined(separator: ", ")).")
    }

    static func scheduleWithout(_ sampler: String) -> RequestError {
        RequestError(
            .schedule, .unsuitable,
            "The sampler \(sampler) has a schedule of its own; leave the schedule out, or choose a sampler that takes one."
        )
    }

    static func unknownUpscaler(allowed: [String]) -> RequestError {
        RequestError(
            .upscaler, .unknownUpscaler, "There is no such upscaler; choose one of \(allowed.joined(separator: ", ")).")
    }

    static func enlargedTooLarge(_ limits: UpscalingLimits) -> RequestError {
        RequestError(
            .scale, .tooManyPixels,
            "The enlarged picture's sides must be from 1 to \(limits.maximumSide) pixels, and their product at most \(limits.maximumPixels)."
        )
    }

    static func badNoiseSize(allowed: ClosedRange<Int>) -> RequestError {
        RequestError(
            .noiseSize, .outOfRange,
            "The noise's width and height must be from \(allowed.lowerBound) to \(allowed.upperBound).")
    }
}

extension RequestError: CustomStringConvertible {
    /// The message.
    public var description: String { message }
}

extension RequestError.Parameter {
    /// The part's name in a sentence.
    fileprivate var name: String {
        switch self {
        case .prompt, .width, .height, .sampler, .schedule, .eta, .churn, .seed, .strength, .mask, .background,
            .upscaler, .scale:
            rawValue
        case .negativePrompt: "negative prompt"
        case .steps: "number of steps"
        case .guidanceScale: "guidance scale"
        case .count: "number of pictures"
        case .clipSkip: "number of skipped layers"
        case .initialPicture: "initial picture"
        case .maskBlur: "mask's blur"
        case .padding: "padding around the mask"
        case .previews: "number of previews"
        case .churnMinimum: "lowest noise level of churn"
        case .churnMaximum: "highest noise level of churn"
        case .noiseScale: "noise's scale"
        case .variationSeed: "variation's seed"
        case .variationStrength: "variation's strength"
        case .noiseSize: "noise's size"
        }
    }
}
