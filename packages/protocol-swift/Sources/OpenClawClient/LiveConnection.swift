import Foundation
import OpenClawProtocol

/// An open connection: sends in order, and counts the events that came.
final class LiveConnection {
    let socket: any GatewaySocket
    let hello: HelloOk
    private let outgoing: AsyncStream<String>.Continuation
    private var expected: Int64?

    private static let maximumWaitingFrames = 1024

    init(socket: any GatewaySocket, hello: HelloOk) {
        self.socket = socket
        self.hello = hello
        // Protocol 4 numbers the events of each connection from 1; protocol 3 has one count for the whole gateway.
        self.expected = hello.resume.map { offer in offer.seq + 1 } ?? (hello.`protocol` >= 4 ? 1 : nil)
        let (frames, outgoing) = AsyncStream<String>.makeStream(
            bufferingPolicy: .bufferingOldest(LiveConnection.maximumWaitingFrames)
        )
        self.outgoing = outgoing
        Task {
            for await text in frames {
                do {
                    try await socket.send(text)
                } catch {
                    // The receiving side learns of the end as well, and says why.
                    await socket.close(code: 1000, reason: "")
                    return
                }
            }
        }
    }

    /// False when too much waits to be sent already.
    func send(_ text: String) -> Bool {
        if case .enqueued = outgoing.yield(text) { return true }
        return false
    }

    func endSending() {
        outgoing.finish()
    }

    /// Where to go on after this connection; nil when the gateway does not offer it.
    var resumePoint: ResumePoint? {
        guard let epoch = hello.resume?.epoch, let next = expected else { return nil }
        return ResumePoint(epoch: epoch, seq: next - 1)
    }

    /// How many numbered events did not arrive before this one.
    func missed(before frame: EventFrame) -> Int64 {
        guard let number = frame.seq else { return 0 }
        let awaited = expected ?? number
        expected = number + 1
        return max(0, number - awaited)
    }
}

/// Closes a socket on which nothing was heard for too long.
actor Watchdog {
    private let socket: any GatewaySocket
    private let sleep: @Sendable (Duration) async throws -> Void
    private var watch: Task<Void, Never>?
    private var limit: Duration = .seconds(10)
    private var heardSinceLook = false
    private(set) var hasBarked = false

    init(socket: any GatewaySocket, sleep: @escaping @Sendable (Duration) async throws -> Void) {
        self.socket = socket
        self.sleep = sleep
    }

    /// Something must be heard within this time from now on.
    func expect(within limit: Duration) {
        watch?.cancel()
        self.limit = limit
        heardSinceLook = false
        watch = Task { await self.look() }
    }

    func heard() {
        heardSinceLook = true
    }

    func end() {
        watch?.cancel()
    }

    private func look() async {
        while !Task.isCancelled {
            guard (try? await sleep(limit)) != nil, !Task.isCancelled else { return }
            if !heardSinceLook {
                hasBarked = true
                await socket.close(code: 1001, reason: "no frame in time")
                return
            }
            heardSinceLook = false
        }
    }
}
