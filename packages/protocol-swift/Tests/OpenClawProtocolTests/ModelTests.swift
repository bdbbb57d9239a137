import Foundation
import XCTest

@testable import OpenClawProtocol

final class ModelTests: XCTestCase {
    func testAWordFromALaterVersionIsKept() throws {
        let text = "\"interpretive_dance\""
        let state = try JSONDecoder().decode(ChannelState.self, from: Data(text.utf8))
        XCTAssertEqual(state, .unknown("interpretive_dance"))
        XCTAssertEqual(String(decoding: try JSONEncoder().encode(state), as: UTF8.self), text)
    }

    func testAFrameOfALaterVersionIsKept() throws {
        let text = "{\"type\":\"stream\",\"chunk\":1}"
        let frame = try GatewayFrame(text: text)
        XCTAssertEqual(frame, .unknown(["type": "stream", "chunk": 1]))
        XCTAssertEqual(try GatewayFrame(text: frame.text()), frame)
    }

    func testARequestKnowsItsMethodAndLeavesOutWhatIsNotSet() throws {
        let params = ChatSendParams(sessionKey: "main", message: "hi", idempotencyKey: "k")
        let frame = try RequestFrame(id: "1", params)
        XCTAssertEqual(frame.method, "chat.send")
        XCTAssertEqual(frame.params, ["sessionKey": "main", "message": "hi", "idempotencyKey": "k"])
    }

    func testContentIsTextOrBlocks() throws {
        let plain = JSONValue.object(["role": "user", "content": "hi", "timestamp": 1])
        let blocks = JSONValue.object(["role": "user", "content": [["type": "text", "text": "hi"]], "timestamp": 1])
        XCTAssertEqual(try plain.decoded(as: ChatMessage.self).content, .string("hi"))
        guard case .list(let list) = try blocks.decoded(as: ChatMessage.self).content else {
            return XCTFail("blocks were not read")
        }
        XCTAssertEqual(list.first?.text, "hi")
    }

    func testErrorCodesSayWhetherTryingAgainHelps() {
        XCTAssertTrue(ErrorCode.unavailable.isRetryable)
        XCTAssertFalse(ErrorCode.invalidRequest.isRetryable)
        XCTAssertFalse(ErrorCode.unknown("LATER").isRetryable)
        for code in ErrorCode.known {
            XCTAssertFalse(code.remedy.isEmpty, code.rawValue)
        }
    }
}
