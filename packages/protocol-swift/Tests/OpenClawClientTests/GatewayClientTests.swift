import Foundation
import OpenClawProtocol
import XCTest

@testable import OpenClawClient

final class GatewayClientTests: XCTestCase {
    private let never: @Sendable (Duration) async throws -> Void = { _ in
        try await Task<Never, Never>.sleep(for: .seconds(3600))
    }

    private func options(_ change: (inout GatewayClientOptions) -> Void = { _ in }) -> GatewayClientOptions {
        var options = GatewayClientOptions(
            url: URL(string: "ws://127.0.0.1:18789")!,
            client: ClientInfo(id: .gatewayClient, version: "1.0", platform: "Linux", mode: .backend)
        )
        options.token = "secret"
        change(&options)
        return options
    }

    private func next(_ updates: inout AsyncStream<GatewayUpdate>.Iterator) async throws -> GatewayUpdate {
        guard let update = await updates.next() else { throw GatewayClientError.stopped }
        return update
    }

    func testR51AnswersTheChallengeAndTellsReadersOfTheConnection() async throws {
        let gateway = ScriptedGateway()
        let client = try GatewayClient(options: options(), transport: gateway, sleep: never)
        var updates = await client.updates().makeAsyncIterator()
        await client.start()
        let params = try await gateway.connection().letIn()
        XCTAssertEqual(params.minProtocol, 3)
        XCTAssertEqual(params.maxProtocol, 4)
        XCTAssertEqual(params.auth?.token, "secret")
        XCTAssertEqual(params.scopes, ["operator.read", "operator.write"])
        guard case .connected(let hello) = try await next(&updates) else { return XCTFail("not connected") }
        XCTAssertEqual(hello.policy.tickIntervalMs, 30000)
        let current = await client.hello
        XCTAssertEqual(current, hello)
        await client.stop()
        guard case .ended(.stopped) = try await next(&updates) else { return XCTFail("no end") }
    }

    func testR53CallsGetTheirOwnAnswersInAnyOrder() async throws {
        let (client, socket) = try await connected()
        async let first = client.call(method: "one", params: ["n": 1])
        let one = try await socket.request()
        async let second = client.call(method: "two", params: ["n": 2])
        let two = try await socket.request()
        try await socket.answer(two.id, ["is": .string(two.method)])
        try await socket.answer(one.id, ["is": .string(one.method)])
        let answers = try await [first, second]
        XCTAssertEqual(answers, [["is": "one"], ["is": "two"]])
        await client.stop()
    }

    func testR56ALongCallHearsThatItWasAcceptedAndReturnsTheOutcome() async throws {
        let (client, socket) = try await connected()
        let (accepted, hears) = AsyncStream<String>.makeStream()
        async let outcome = client.call(AgentParams(message: "hi", idempotencyKey: "k")) { first in
            hears.yield(first.runId)
        }
        let request = try await socket.request()
        XCTAssertEqual(request.method, "agent")
        try await socket.answer(request.id, ["runId": "k", "status": "accepted", "acceptedAt": 1])
        var heard = accepted.makeAsyncIterator()
        let runId = await heard.next()
        XCTAssertEqual(runId, "k")
        try await socket.answer(request.id, ["runId": "k", "status": "ok", "summary": "completed"])
        let answer = try await outcome
        XCTAssertEqual(answer.runId, "k")
        await client.stop()
    }

    func testR57ARefusedCallThrowsTheGatewaysError() async throws {
        let (client, socket) = try await connected()
        async let call = client.call(HealthParams())
        let request = try await socket.request()
        try await socket.refuse(request.id, ErrorShape(code: .unavailable, message: "later", retryAfterMs: 5))
        do {
            _ = try await call
            XCTFail("no error")
        } catch let error as ErrorShape {
            XCTAssertEqual(error.code, .unavailable)
            XCTAssertEqual(error.retryAfterMs, 5)
        }
        await client.stop()
    }

    func testALostConnectionFailsOpenCallsAndIsMadeAgain() async throws {
        let gateway = ScriptedGateway()
        let client = try GatewayClient(options: options(), transport: gateway) { duration in
            if duration > .seconds(1) { try await Task<Never, Never>.sleep(for: .seconds(3600)) }
        }
        var updates = await client.updates().makeAsyncIterator()
        await client.start()
        let first = try await gateway.connection()
        _ = try await first.letIn()
        guard case .connected = try await next(&updates) else { return XCTFail("not connected") }
        async let call = client.call(method: "slow", params: [:])
        _ = try await first.request()
        await first.close(code: 1012, reason: "service restart")
        do {
            _ = try await call
            XCTFail("no error")
        } catch let error as GatewayClientError {
            XCTAssertEqual(error, .connectionLost(code: 1012, reason: "service restart"))
        }
        guard case .disconnected(let failure, _) = try await next(&updates) else { return XCTFail("no notice") }
        XCTAssertTrue(failure.mayRetry)
        _ = try await gateway.connection().letIn()
        guard case .connected = try await next(&updates) else { return XCTFail("not connected again") }
        await client.stop()
    }

    func testARefusalThatNothingButAChangeCanMendEndsTheClient() async throws {
        let gateway = ScriptedGateway()
        let client = try GatewayClient(options: options(), transport: gateway, sleep: never)
        var updates = await client.updates().makeAsyncIterator()
        await client.start()
        let socket = try await gateway.connection()
        try await socket.event("connect.challenge", ["nonce": "n", "ts": 1])
        let request = try await socket.request()
        try await socket.refuse(request.id, ErrorShape(code: .notPaired, message: "pairing required"))
        guard case .ended(.refused(let error)) = try await next(&updates) else { return XCTFail("no end") }
        XCTAssertEqual(error.code, .notPaired)
        do {
            _ = try await client.call(HealthParams())
            XCTFail("no error")
        } catch let error as GatewayClientError {
            XCTAssertEqual(error, .stopped)
        }
    }

    func testR511MissedEventsAreToldAndRefreshed() async throws {
        let (client, socket) = try await connected()
        var updates = await client.updates().makeAsyncIterator()
        try await socket.event("tick", ["ts": 1], seq: 1)
        try await socket.event("tick", ["ts": 2], seq: 4)
        guard case .event(.tick) = try await next(&updates) else { return XCTFail("no event") }
        guard case .gap(let missed, let dropped) = try await next(&updates) else { return XCTFail("no gap") }
        XCTAssertEqual(missed, 2)
        XCTAssertEqual(dropped, 0)
        guard case .event(.tick) = try await next(&updates) else { return XCTFail("no second event") }
        let health = try await socket.request()
        XCTAssertEqual(health.method, "health")
        try await socket.answer(health.id, ScriptedSocket.health)
        let presence = try await socket.request()
        XCTAssertEqual(presence.method, "system-presence")
        try await socket.answer(presence.id, [])
        guard case .refreshed(let now, _) = try await next(&updates) else { return XCTFail("not refreshed") }
        XCTAssertTrue(now.ok)
        await client.stop()
    }

    func testF17AfterALostConnectionItGoesOnWhereItWas() async throws {
        let gateway = ScriptedGateway()
        let client = try GatewayClient(options: options(), transport: gateway) { duration in
            if duration > .seconds(1) { try await Task<Never, Never>.sleep(for: .seconds(3600)) }
        }
        var updates = await client.updates().makeAsyncIterator()
        await client.start()
        let first = try await gateway.connection()
        let introduced = try await first.letIn(resume: ["epoch": "e", "seq": 7])
        XCTAssertEqual(introduced.caps, ["resume"])
        XCTAssertNil(introduced.resume)
        _ = try await next(&updates)
        try await first.event("tick", ["ts": 1], seq: 8)
        guard case .event(.tick) = try await next(&updates) else { return XCTFail("no event") }
        await first.close(code: 1006, reason: "")
        guard case .disconnected = try await next(&updates) else { return XCTFail("no notice") }
        let second = try await gateway.connection()
        let again = try await second.letIn(resume: ["epoch": "e", "seq": 8, "recovered": true])
        XCTAssertEqual(again.resume, ResumePoint(epoch: "e", seq: 8))
        guard case .connected(let hello) = try await next(&updates) else { return XCTFail("not connected again") }
        XCTAssertEqual(hello.resume?.recovered, true)
        try await second.event("tick", ["ts": 2], seq: 9)
        guard case .event(.tick) = try await next(&updates) else { return XCTFail("a gap where there is none") }
        await client.stop()
    }

    func testAReaderThatIsTooSlowIsToldWhatItLost() async throws {
        let (client, socket) = try await connected { $0.maximumWaitingUpdates = 2 }
        let stream = await client.updates()
        for number in 1...5 { try await socket.event("tick", ["ts": 1], seq: Int64(number)) }
        async let ping = client.call(method: "ping", params: [:])
        let request = try await socket.request()
        try await socket.answer(request.id, [:])
        _ = try await ping
        var updates = stream.makeAsyncIterator()
        _ = try await next(&updates)
        _ = try await next(&updates)
        try await socket.event("tick", ["ts": 1], seq: 6)
        guard case .gap(_, let dropped) = try await next(&updates) else { return XCTFail("no gap") }
        XCTAssertEqual(dropped, 3)
        await client.stop()
    }

    func testEveryWaitHasADeadline() async throws {
        let (client, _) = try await connected { $0.callTimeout = .milliseconds(20) } sleep: { duration in
            let isCall = duration < .seconds(1)
            try await Task<Never, Never>.sleep(for: isCall ? .milliseconds(1) : .seconds(3600))
        }
        do {
            _ = try await client.call(HealthParams())
            XCTFail("no error")
        } catch let error as GatewayClientError {
            XCTAssertEqual(error, .timedOut(method: "health"))
        }
        await client.stop()
    }

    func testR510AGatewayThatSaysNothingIsGivenUp() async throws {
        let gateway = ScriptedGateway()
        let client = try GatewayClient(options: options(), transport: gateway) { duration in
            if duration != .seconds(60) { try await Task<Never, Never>.sleep(for: .seconds(3600)) }
        }
        var updates = await client.updates().makeAsyncIterator()
        await client.start()
        _ = try await gateway.connection().letIn()
        guard case .connected = try await next(&updates) else { return XCTFail("not connected") }
        guard case .disconnected(let failure, _) = try await next(&updates) else { return XCTFail("no notice") }
        XCTAssertEqual(failure, .connectionLost(code: 1006, reason: "the gateway sent nothing in time"))
        await client.stop()
    }

    func testACancelledCallStopsWaiting() async throws {
        let (client, socket) = try await connected()
        let task = Task { try await client.call(method: "slow", params: [:]) }
        _ = try await socket.request()
        task.cancel()
        do {
            _ = try await task.value
            XCTFail("no error")
        } catch {
            XCTAssertTrue(error is CancellationError)
        }
        await client.stop()
    }

    func testStoppingDuringTheHandshakeClosesTheSocket() async throws {
        let gateway = ScriptedGateway()
        let client = try GatewayClient(options: options(), transport: gateway, sleep: never)
        await client.start()
        let socket = try await gateway.connection()
        try await socket.event("connect.challenge", ["nonce": "n", "ts": 1])
        _ = try await socket.request()
        await client.stop()
        do {
            _ = try await socket.request()
            XCTFail("the socket stayed open")
        } catch let closed as GatewaySocketClosed {
            XCTAssertEqual(closed.code, 1000)
        }
    }

    func testADeviceProvesItselfAndKeepsItsToken() async throws {
        let gateway = ScriptedGateway()
        let tokens = MemoryDeviceTokenStore()
        let client = try GatewayClient(
            options: options {
                $0.token = nil
                $0.identity = StaticIdentity()
                $0.deviceTokens = tokens
            },
            transport: gateway
        ) { duration in
            if duration > .seconds(1) { try await Task<Never, Never>.sleep(for: .seconds(3600)) }
        }
        await client.start()
        let first = try await gateway.connection()
        let params = try await first.letIn(deviceToken: "given")
        XCTAssertEqual(params.device?.id, "aa")
        XCTAssertEqual(params.device?.publicKey, "-_8")
        XCTAssertEqual(params.device?.nonce, "nonce-1")
        XCTAssertNil(params.auth?.token)
        await first.close(code: 1012, reason: "service restart")
        let again = try await gateway.connection().letIn()
        XCTAssertEqual(again.auth?.token, "given")
        XCTAssertEqual(again.auth?.deviceToken, "given")
        await client.stop()
    }

    func testTheSignedTextIsTheOneOfTheWire() {
        let text = DeviceSignatureText(
            deviceId: "fe81",
            client: ClientInfo(id: .cli, version: "1", platform: " Linux", deviceFamily: "Linux ", mode: .cli),
            role: "operator",
            scopes: ["operator.read", "operator.write"],
            signedAt: 1_800_000_000_000,
            token: "tok",
            nonce: "11111111-2222-4333-8444-555555555555"
        )
        XCTAssertEqual(
            text.text,
            "v3|fe81|cli|cli|operator|operator.read,operator.write|1800000000000|tok|"
                + "11111111-2222-4333-8444-555555555555|linux|linux"
        )
    }

    func testACredentialIsNotSentInTheClearToAnotherMachine() {
        for host in ["192.168.1.2", "example.com", "127.0.0.1.example.com", "127.evil"] {
            let risky = options { $0.url = URL(string: "ws://\(host):18789")! }
            XCTAssertThrowsError(try risky.check(), host)
            let meant = options {
                $0.url = URL(string: "ws://\(host):18789")!
                $0.allowsPlainTextToOtherHosts = true
            }
            XCTAssertNoThrow(try meant.check(), host)
        }
        for address in ["ws://127.0.0.1:1", "ws://localhost:1", "ws://[::1]:1", "wss://example.com"] {
            XCTAssertNoThrow(try options { $0.url = URL(string: address)! }.check(), address)
        }
        XCTAssertThrowsError(try options { $0.url = URL(string: "http://127.0.0.1")! }.check())
    }

    func testTheWaitBetweenAttemptsGrowsAndIsBounded() {
        var policy = GatewayReconnectPolicy()
        policy.maximumAttempts = 40
        XCTAssertEqual(policy.delay(attempt: 1, retryAfterMs: nil, random: 1), .milliseconds(250))
        XCTAssertEqual(policy.delay(attempt: 2, retryAfterMs: nil, random: 1), .milliseconds(500))
        XCTAssertEqual(policy.delay(attempt: 40, retryAfterMs: nil, random: 0), .seconds(15))
        XCTAssertEqual(policy.delay(attempt: 1, retryAfterMs: 1500, random: 0), .milliseconds(1500))
        XCTAssertNil(policy.delay(attempt: 41, retryAfterMs: nil, random: 0))
    }

    private func connected(
        _ change: (inout GatewayClientOptions) -> Void = { _ in },
        sleep: (@Sendable (Duration) async throws -> Void)? = nil
    ) async throws -> (GatewayClient, ScriptedSocket) {
        let gateway = ScriptedGateway()
        let client = try GatewayClient(options: options(change), transport: gateway, sleep: sleep ?? never)
        var updates = await client.updates().makeAsyncIterator()
        await client.start()
        let socket = try await gateway.connection()
        _ = try await socket.letIn()
        guard case .connected = try await next(&updates) else { throw GatewayClientError.notConnected }
        return (client, socket)
    }
}

private struct StaticIdentity: GatewayDeviceIdentity {
    let deviceId = "aa"
    let publicKey = Data([0xfb, 0xff])

    func signature(for data: Data) async throws -> Data {
        return Data(repeating: 1, count: 64)
    }
}
