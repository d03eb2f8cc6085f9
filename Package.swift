// swift-tools-version: 6.1
import PackageDescription

/// Every Swift target is compiled in the Swift 6 language mode; internal imports keep a target's dependencies its own.
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
    name: "mystarion",
    products: [
        .executable(name: "mystarion", targets: ["mystarion"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: ["YAML"]),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        // Without its default traits: their flags come in an order that changes from build to build.
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-http2", from: "1.46.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // What the machine says of itself.
        .target(name: "CProcessors", cSettings: [.define("_GNU_SOURCE")]),
        .target(name: "Host", dependencies: ["CProcessors"], swiftSettings: strict),

        // The engine: kernels, layers, diffusion models.
        .target(name: "CKernels", cSettings: [.unsafeFlags(["-O3", "-ffp-contract=on", "-fno-math-errno"])]),
        .target(name: "NeuralNetwork", dependencies: ["CKernels", "Host"], swiftSettings: strict),
        .target(name: "Diffusion", dependencies: ["NeuralNetwork"], swiftSettings: strict),

        // Pictures as files' bytes, in memory only.
        .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
        .systemLibrary(
            name: "CJPEG", pkgConfig: "libturbojpeg", providers: [.apt(["libturbojpeg0-dev", "libjpeg-dev"])]),
        .systemLibrary(name: "CWebP", pkgConfig: "libwebp", providers: [.apt(["libwebp-dev"])]),
        .systemLibrary(name: "CLCMS", pkgConfig: "lcms2", providers: [.apt(["liblcms2-dev"])]),
        .target(
            name: "Imaging", dependencies: ["Privacy", "CPNG", "CJPEG", "CWebP", "CLCMS"], swiftSettings: strict),

        .target(name: "Upscaling", dependencies: ["Imaging", "NeuralNetwork"], swiftSettings: strict),

        // Files of the page, compressed.
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),

        // The service.
        .target(name: "CHost", cSettings: [.define("_GNU_SOURCE")]),
        .target(
            name: "Privacy", dependencies: ["CHost", .product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: strict),
        .target(name: "Moderation", dependencies: ["Privacy"], swiftSettings: strict),
        .target(name: "Telemetry", swiftSettings: strict),
        .target(
            name: "Studio",
            dependencies: [
                "Diffusion", "Host", "Imaging", "Moderation", "Privacy", "NeuralNetwork", "Upscaling",
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict),
        .target(
            name: "Web",
            dependencies: [
                "Studio", "Diffusion", "Imaging", "Moderation", "Privacy", "Telemetry", "Upscaling", "CZlib",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdHTTP2", package: "hummingbird"),
                .product(name: "HummingbirdTLS", package: "hummingbird"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "X509", package: "swift-certificates"),
                .product(name: "Logging", package: "swift-log"),
            ],
            resources: [.embedInCode("Resources")],
            swiftSettings: strict),
        .target(
            name: "Audit",
            dependencies: [
                "CHost", "Diffusion", "Imaging", "NeuralNetwork", "Privacy",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTP2", package: "swift-nio-http2"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOTLS", package: "swift-nio"),
            ],
            // Its tests look inside, also in a release.
            swiftSettings: strict + [.unsafeFlags(["-enable-testing"])]),

        // The program.
        .target(name: "Output", swiftSettings: strict),
        .executableTarget(
            name: "mystarion",
            dependencies: [
                "Audit", "Web", "Studio", "Diffusion", "Host", "Imaging", "Moderation", "Privacy", "NeuralNetwork",
                "Telemetry", "Upscaling", "CHost", "Output",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: strict),

        .target(
            name: "TestSupport", dependencies: ["Host", "NeuralNetwork"], path: "Tests/Support", swiftSettings: strict),
        .testTarget(name: "HostTests", dependencies: ["TestSupport", "Host"], swiftSettings: strict),
        .testTarget(
            name: "NeuralNetworkTests", dependencies: ["TestSupport", "NeuralNetwork", "CKernels"],
            swiftSettings: strict),
        .testTarget(
            name: "DiffusionTests", dependencies: ["TestSupport", "Diffusion", "NeuralNetwork"], swiftSettings: strict),
        .testTarget(name: "ImagingTests", dependencies: ["Imaging", "Privacy"], swiftSettings: strict),
        .testTarget(name: "PrivacyTests", dependencies: ["Privacy"], swiftSettings: strict),
        .testTarget(
            name: "AuditTests",
            dependencies: [
                "Audit", "Privacy", .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHPACK", package: "swift-nio-http2"),
            ],
            swiftSettings: strict),
        .testTarget(name: "ModerationTests", dependencies: ["Moderation", "Privacy"], swiftSettings: strict),
        .testTarget(name: "OutputTests", dependencies: ["Output"], swiftSettings: strict),
        .testTarget(name: "TelemetryTests", dependencies: ["Telemetry"], swiftSettings: strict),
        .testTarget(
            name: "UpscalingTests", dependencies: ["TestSupport", "Upscaling", "Imaging", "NeuralNetwork"],
            swiftSettings: strict),
        .testTarget(
            name: "StudioTests",
            dependencies: [
                "TestSupport", "Studio", "Diffusion", "Host", "Imaging", "Moderation", "NeuralNetwork", "Privacy",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "WebTests",
            dependencies: [
                "Web", "Studio", "Diffusion", "Imaging", "Moderation", "Privacy", "Telemetry",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
