import Foundation
import OpenClawProtocol

/// A connection to a gateway that heals itself. It connects from `start` to `stop`.
///
/// ```swift
/// let client = try GatewayClient(options: options, transport: URLSessionTransport())
/// let updates = await client.updates()
/// await client.start()
/// for await update in updates {
///     if case .event(.chat(let chat)) = update { print(chat.deltaText ?? "") }
/// }
/// ```
public actor GatewayClient {
    private let options: GatewayClientOptions
    private let transport: any GatewayTransport
    private let sleep: @Sendable (Duration) async throws -> Void
    private var runner: Task<Void, Never>?
    private var connection: LiveConnection?
    private var resumePoint: ResumePoint?
    private var calls = PendingCalls()
    private var readers: [Int: UpdateReader] = [:]
    private var readerCount = 0
    private var callCount = 0
    private var isStopped = false

    /// Throws GatewayClientError.invalidOptions. `sleep` is replaced by tests that must not wait.
    public init(
        options: GatewayClientOptions,
        transport: any GatewayTransport,
        sleep: @escaping @Sendable (Duration) async throws -> Void = { duration in
            try await Task<Never, Never>.sleep(for: duration)
        }
    ) throws {
        try options.check()
        self.options = options
        self.transport = transport
        self.sleep = sleep
    }

    /// Begins to connect, and goes on whenever the connection is lost. Safe to call again.
    public func start() {
        guard runner == nil, !isStopped else { return }
        runner = Task { await self.run() }
    }

    /// Closes the connection for good: open calls throw `stopped`, readers end. Safe to call again.
    public func stop() async {
        guard !isStopped else { return }
        isStopped = true
        runner?.cancel()
        let socket = connection?.socket
        finish(.stopped)
        await socket?.close(code: 1000, reason: "client stopped")
    }

    /// What the current connection began with; nil while there is none.
    public var hello: HelloOk? {
        return connection?.hello
    }

    /// Everything that happens from now on. Each reader has a queue of its own, and loses updates when it is too slow.
    public func updates() -> AsyncStream<GatewayUpdate> {
        let (stream, continuation) = AsyncStream<GatewayUpdate>.makeStream(
            bufferingPolicy: .bufferingOldest(options.maximumWaitingUpdates)
        )
        guard !isStopped else {
            continuation.yield(.ended(.stopped))
            continuation.finish()
            return stream
        }
        readerCount += 1
        let id = readerCount
        readers[id] = UpdateReader(continuation)
        continuation.onTermination = { [weak self] _ in
            Task { await self?.forgetReader(id) }
        }
        return stream
    }

    /// Calls a method. Throws the gateway's ErrorShape when it refuses, GatewayClientError when no answer came, and
    /// DecodingError when the answer has another shape.
    public func call<Request: GatewayRequest>(
        _ request: Request,
        timeout: Duration? = nil
    ) async throws -> Request.Answer {
        let frame = try await exchange(
            method: Request.method.rawValue,
            params: try JSONValue(encoding: request),
            timeout: timeout
        )
        return try frame.answer(as: Request.Answer.self)
    }

    /// Calls a method that answers twice. `accepted` hears the first answer, the second is returned.
    public func call<Request: GatewayLongRequest>(
        _ request: Request,
        timeout: Duration? = nil,
        accepted: @escaping @Sendable (Request.Accepted) -> Void
    ) async throws -> Request.Answer {
        let frame = try await exchange(
            method: Request.method.rawValue,
            params: try JSONValue(encoding: request),
            timeout: timeout,
            answersTwice: true
        ) { payload in
            if let first = try? payload.decoded(as: Request.Accepted.self) { accepted(first) }
        }
        return try frame.answer(as: Request.Answer.self)
    }

    /// Calls a method these models do not know. Throws like the typed call.
    public func call(method: String, params: JSONValue, timeout: Duration? = nil) async throws -> JSONValue {
        let frame = try await exchange(method: method, params: params, timeout: timeout)
        return try frame.answer(as: JSONValue.self)
    }

    // MARK: Connecting

    private func run() async {
        var attempt = 0
        while !isStopped {
            let failure: GatewayClientError
            do {
                try await connectAndListen { attempt = 0 }
                failure = .connectionLost(code: 1006, reason: "")
            } catch {
                failure = GatewayClient.failure(error)
            }
            guard !isStopped else { return }
            if let lost = connection { resumePoint = lost.resumePoint }
            connection = nil
            calls.failAll(failure)
            attempt += 1
            let wait = options.reconnect.delay(
                attempt: attempt,
                retryAfterMs: failure.retryAfterMs,
                random: Double.random(in: 0...1)
            )
            guard failure.mayRetry, let retryIn = wait else {
                isStopped = true
                return finish(failure)
            }
            publish(.disconnected(failure, retryIn: retryIn))
            try? await sleep(retryIn)
        }
    }

    /// Returns or throws when the connection is over.
    private func connectAndListen(connected: () -> Void) async throws {
        let socket = try await transport.open(options.url)
        let watchdog = Watchdog(socket: socket, sleep: sleep)
        await watchdog.expect(within: options.connectTimeout)
        do {
            try await withTaskCancellationHandler {
                let hello = try await Handshake(options: options, resume: resumePoint).shakeHands(over: socket)
                guard !isStopped else { throw GatewayClientError.stopped }
                connected()
                let live = LiveConnection(socket: socket, hello: hello)
                connection = live
                publish(.connected(hello))
                let ticks = min(max(hello.policy.tickIntervalMs, 100), 600_000)
                // A gateway that sends nothing for two ticks is gone, whatever the socket believes. Source: R5.10.
                await watchdog.expect(within: .milliseconds(ticks * 2))
                try await listen(to: live, watchdog: watchdog)
            } onCancel: {
                Task { await socket.close(code: 1000, reason: "client stopped") }
            }
        } catch {
            connection?.endSending()
            await watchdog.end()
            await socket.close(code: 1000, reason: "")
            throw await watchdog.hasBarked
                ? GatewayClientError.connectionLost(code: 1006, reason: "the gateway sent nothing in time") : error
        }
    }

    private func listen(to live: LiveConnection, watchdog: Watchdog) async throws {
        while true {
            let text = try await live.socket.receive()
            await watchdog.heard()
            guard let frame = try? GatewayFrame(text: text) else {
                publish(.malformed("\(text.count) characters that are no frame"))
                continue
            }
            switch frame {
            case .response(let response): answered(response)
            case .event(let event): received(event, on: live)
            case .request, .unknown: publish(.malformed("a frame that gateways do not send"))
            }
        }
    }

    private func received(_ frame: EventFrame, on live: LiveConnection) {
        let missed = live.missed(before: frame)
        if missed > 0 {
            publish(.gap(missed: missed, dropped: 0))
            if options.refreshesAfterGap { refresh() }
        }
        do {
            publish(.event(try GatewayEvent(frame)))
        } catch {
            publish(.malformed("the event \(frame.event) with another payload"))
        }
    }

    private func refresh() {
        Task {
            guard let health = try? await self.call(HealthParams()) else { return }
            guard let presence = try? await self.call(SystemPresenceParams()) else { return }
            self.publish(.refreshed(health: health, presence: presence))
        }
    }

    // MARK: Calls

    private func exchange(
        method: String,
        params: JSONValue,
        timeout: Duration?,
        answersTwice: Bool = false,
        accepted: @escaping @Sendable (JSONValue) -> Void = { _ in }
    ) async throws -> ResponseFrame {
        guard !isStopped else { throw GatewayClientError.stopped }
        guard let live = connection else { throw GatewayClientError.notConnected }
        guard calls.count < options.maximumPendingCalls else { throw GatewayClientError.tooManyCalls }
        callCount += 1
        let id = String(callCount)
        let text = try GatewayFrame.request(RequestFrame(id: id, method: method, params: params)).text()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let call = PendingCall(
                    method: method,
                    answersTwice: answersTwice,
                    accepted: accepted,
                    continuation: continuation,
                    deadline: deadline(of: id, after: timeout ?? options.callTimeout)
                )
                calls.add(call, id: id)
                if Task<Never, Never>.isCancelled {
                    fail(id, CancellationError())
                } else if !live.send(text) {
                    fail(id, GatewayClientError.tooManyCalls)
                }
            }
        } onCancel: {
            Task { await self.fail(id, CancellationError()) }
        }
    }

    private func answered(_ frame: ResponseFrame) {
        if calls.isFirstOfTwo(frame) {
            let later = deadline(of: frame.id, after: options.acceptedCallTimeout)
            calls.accept(frame.id, payload: frame.payload ?? .null, deadline: later)
        } else {
            calls.take(frame.id)?.continuation.resume(returning: frame)
        }
    }

    private func deadline(of id: String, after duration: Duration) -> Task<Void, Never> {
        let sleep = self.sleep
        return Task { [weak self] in
            guard (try? await sleep(duration)) != nil, !Task.isCancelled else { return }
            await self?.expire(id)
        }
    }

    private func expire(_ id: String) {
        guard let call = calls.take(id) else { return }
        call.continuation.resume(throwing: GatewayClientError.timedOut(method: call.method))
    }

    private func fail(_ id: String, _ error: any Error) {
        calls.take(id)?.continuation.resume(throwing: error)
    }

    // MARK: Readers

    private func publish(_ update: GatewayUpdate) {
        for reader in readers.values { reader.hand(update) }
    }

    private func forgetReader(_ id: Int) {
        readers[id] = nil
    }

    private func finish(_ error: GatewayClientError) {
        connection?.endSending()
        connection = nil
        calls.failAll(error)
        publish(.ended(error))
        for reader in readers.values { reader.end() }
        readers = [:]
    }

    private static func failure(_ error: any Error) -> GatewayClientError {
        switch error {
        case let failure as GatewayClientError: return failure
        case let closed as GatewaySocketClosed: return .connectionLost(code: closed.code, reason: closed.reason)
        default: return .connectionLost(code: 1006, reason: error.localizedDescription)
        }
    }
}
