// swift-tools-version: 6.0
import PackageDescription

let package = Package(
    name: "OpenClawProtocol",
    platforms: [.macOS(.v13), .iOS(.v16), .watchOS(.v9), .tvOS(.v16)],
    products: [
        .library(name: "OpenClawProtocol", targets: ["OpenClawProtocol"]),
        .library(name: "OpenClawClient", targets: ["OpenClawClient"]),
    ],
    targets: [
        .target(name: "OpenClawProtocol"),
        .target(name: "OpenClawClient", dependencies: ["OpenClawProtocol"]),
        .testTarget(
            name: "OpenClawProtocolTests",
            dependencies: ["OpenClawProtocol"],
            resources: [.copy("Fixtures")]
        ),
        .testTarget(name: "OpenClawClientTests", dependencies: ["OpenClawClient"]),
    ]
)
