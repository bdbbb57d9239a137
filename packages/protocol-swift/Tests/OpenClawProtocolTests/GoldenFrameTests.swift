import Foundation
import XCTest

@testable import OpenClawProtocol

/// Reads every frame that gateways and clients of protocols 3 and 4 put on the wire.
final class GoldenFrameTests: XCTestCase {
    private struct Golden {
        let name: String
        let subject: String
        let data: Data
    }

    private func goldens() throws -> [Golden] {
        let folder = try XCTUnwrap(Bundle.module.url(forResource: "Fixtures", withExtension: nil))
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        return try files.filter { $0.pathExtension == "json" }.map { file in
            let name = file.lastPathComponent
            let subject = name.components(separatedBy: "--").first ?? ""
            return Golden(name: name, subject: subject, data: try Data(contentsOf: file))
        }
    }

    func testEveryGoldenFrameIsRead() throws {
        let all = try goldens()
        XCTAssertGreaterThan(all.count, 60)
        for golden in all {
            let frame = try JSONDecoder().decode(GatewayFrame.self, from: golden.data)
            if case .unknown = frame {
                XCTFail("\(golden.name) was not recognised")
            }
        }
    }

    func testEveryGoldenFrameSurvivesARoundTrip() throws {
        for golden in try goldens() {
            let frame = try JSONDecoder().decode(GatewayFrame.self, from: golden.data)
            let again = try GatewayFrame(text: frame.text())
            XCTAssertEqual(frame, again, golden.name)
        }
    }

    func testEveryGoldenEventHasItsPayload() throws {
        for golden in try goldens() {
            let frame = try JSONDecoder().decode(GatewayFrame.self, from: golden.data)
            guard case .event(let event) = frame else { continue }
            let read = try GatewayEvent(event)
            if case .unknown(let name, _) = read {
                XCTAssertEqual(name, "voicewake.changed", golden.name)
            }
        }
    }

    func testHelloOkOfBothGenerations() throws {
        for golden in try goldens() where golden.name.hasPrefix("connect--hello-ok") {
            let frame = try JSONDecoder().decode(GatewayFrame.self, from: golden.data)
            guard case .response(let response) = frame else { return XCTFail("\(golden.name) is no response") }
            let hello = try response.answer(as: HelloOk.self)
            XCTAssertEqual(hello.snapshot.sessionDefaults?.mainSessionKey, "agent:main:main")
            XCTAssertTrue(hello.snapshot.health.ok)
        }
    }

    func testAFailedCallThrowsItsError() throws {
        for golden in try goldens() where golden.name.hasPrefix("connect--starting") {
            let frame = try JSONDecoder().decode(GatewayFrame.self, from: golden.data)
            guard case .response(let response) = frame else { return XCTFail("\(golden.name) is no response") }
            XCTAssertThrowsError(try response.answer(as: HelloOk.self)) { error in
                XCTAssertEqual((error as? ErrorShape)?.code, .unavailable)
                XCTAssertEqual((error as? ErrorShape)?.mayRetry, true)
                XCTAssertEqual((error as? ErrorShape)?.retryAfterMs, 500)
            }
        }
    }
}
