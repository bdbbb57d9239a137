import Foundation
import OpenClawProtocol

@testable import OpenClawClient

/// A gateway in memory: hands out sockets, and lets the test speak and listen on the other end of each.
final class ScriptedGateway: GatewayTransport {
    private let sockets: AsyncStream<ScriptedSocket>
    private let opened: AsyncStream<ScriptedSocket>.Continuation

    init() {
        (sockets, opened) = AsyncStream<ScriptedSocket>.makeStream()
    }

    func open(_ url: URL) async throws -> any GatewaySocket {
        let socket = ScriptedSocket()
        opened.yield(socket)
        return socket
    }

    /// The next connection that the client opens.
    func connection() async throws -> ScriptedSocket {
        for await socket in sockets { return socket }
        throw GatewaySocketClosed(code: 1006, reason: "no connection came")
    }
}

/// Both ends of one socket.
actor ScriptedSocket: GatewaySocket {
    private var toClient: [String] = []
    private var fromClient: [String] = []
    private var end: GatewaySocketClosed?
    private var waitingClient: CheckedContinuation<String, any Error>?
    private var waitingGateway: CheckedContinuation<String, any Error>?

    func send(_ text: String) async throws {
        if let end = end { throw end }
        if let waiting = waitingGateway {
            waitingGateway = nil
            waiting.resume(returning: text)
        } else {
            fromClient.append(text)
        }
    }

    func receive() async throws -> String {
        if !toClient.isEmpty { return toClient.removeFirst() }
        if let end = end { throw end }
        return try await withCheckedThrowingContinuation { waitingClient = $0 }
    }

    func close(code: Int, reason: String) {
        guard end == nil else { return }
        let closed = GatewaySocketClosed(code: code, reason: reason)
        end = closed
        waitingClient?.resume(throwing: closed)
        waitingClient = nil
        waitingGateway?.resume(throwing: closed)
        waitingGateway = nil
    }

    var closeCode: Int? {
        return end?.code
    }

    // MARK: The gateway's end

    func speak(_ frame: GatewayFrame) throws {
        let text = try frame.text()
        if let waiting = waitingClient {
            waitingClient = nil
            waiting.resume(returning: text)
        } else {
            toClient.append(text)
        }
    }

    /// The next request of the client.
    func request() async throws -> RequestFrame {
        let text: String
        if !fromClient.isEmpty {
            text = fromClient.removeFirst()
        } else if let end = end {
            throw end
        } else {
            text = try await withCheckedThrowingContinuation { waitingGateway = $0 }
        }
        guard case .request(let frame) = try GatewayFrame(text: text) else {
            throw GatewaySocketClosed(code: 1008, reason: "the client sent no request")
        }
        return frame
    }

    func event(_ name: String, _ payload: JSONValue, seq: Int64? = nil) throws {
        try speak(.event(EventFrame(event: name, payload: payload, seq: seq)))
    }

    func answer(_ id: String, _ payload: JSONValue) throws {
        try speak(.response(ResponseFrame(id: id, ok: true, payload: payload)))
    }

    func refuse(_ id: String, _ error: ErrorShape) throws {
        try speak(.response(ResponseFrame(id: id, ok: false, error: error)))
    }

    /// Lets the client in, and gives back what it introduced itself with.
    func letIn(deviceToken: String? = nil, resume: JSONValue? = nil) async throws -> ConnectParams {
        try event("connect.challenge", ["nonce": "nonce-1", "ts": 1])
        let request = try await self.request()
        let params = try (request.params ?? .null).decoded(as: ConnectParams.self)
        try answer(request.id, ScriptedSocket.hello(deviceToken: deviceToken, resume: resume))
        return params
    }

    static func hello(deviceToken: String?, resume: JSONValue?) -> JSONValue {
        var auth: [String: JSONValue] = ["role": "operator", "scopes": ["operator.read"]]
        if let token = deviceToken { auth["deviceToken"] = .string(token) }
        var hello: [String: JSONValue] = [
            "type": "hello-ok", "protocol": 4,
            "server": ["version": "1", "connId": "c"],
            "features": ["methods": [], "events": []],
            "snapshot": [
                "presence": [], "health": ScriptedSocket.health,
                "stateVersion": ["presence": 1, "health": 1], "uptimeMs": 5,
            ],
            "auth": .object(auth),
            "policy": ["maxPayload": 1000, "maxBufferedBytes": 1000, "tickIntervalMs": 30000],
        ]
        if let offer = resume { hello["resume"] = offer }
        return .object(hello)
    }

    static let health: JSONValue = [
        "ok": true, "ts": 1, "durationMs": 1, "channels": [:], "channelOrder": [], "channelLabels": [:],
        "heartbeatSeconds": 1800, "defaultAgentId": "main", "agents": [],
        "sessions": ["path": "", "count": 0, "recent": []],
    ]
}
