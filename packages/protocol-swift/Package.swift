// swift-tools-version: 6.0
import PackageDescription

let package = Package(
    name: "OpenClawProtocol",
    platforms: [.macOS(.v13), .iOS(.v16), .watchOS(.v9), .tvOS(.v16)],
    products: [
        .library(name: "OpenClawProtocol", targets: ["OpenClawProtocol"])
    ],
    targets: [
        .target(name: "OpenClawProtocol"),
        .testTarget(
            name: "OpenClawProtocolTests",
            dependencies: ["OpenClawProtocol"],
            resources: [.copy("Fixtures")]
        ),
    ]
)
