import Foundation
import OpenClawProtocol

/// What a client tells its readers, in the order in which it happened.
public enum GatewayUpdate: Sendable {
    /// The connection stands. When `hello.resume?.recovered` is true, exactly the events that were missed follow;
    /// otherwise render from the snapshot it carries, and fetch what else is on the screen.
    case connected(HelloOk)
    case event(GatewayEvent)
    /// Numbered events were missed, or this reader was too slow for `dropped` updates.
    case gap(missed: Int64, dropped: Int64)
    /// What the missed events would have told.
    case refreshed(health: HealthResult, presence: SystemPresenceResult)
    /// Something came that is no frame of the protocol; it was left out.
    case malformed(String)
    /// The connection is gone, and the next attempt comes after `retryIn`.
    case disconnected(GatewayClientError, retryIn: Duration)
    /// The last update: the client was stopped, or trying again would be of no use.
    case ended(GatewayClientError)
}

/// One reader of updates with a bounded queue.
final class UpdateReader {
    private let continuation: AsyncStream<GatewayUpdate>.Continuation
    private var dropped: Int64 = 0

    init(_ continuation: AsyncStream<GatewayUpdate>.Continuation) {
        self.continuation = continuation
    }

    func hand(_ update: GatewayUpdate) {
        if dropped > 0 {
            guard case .enqueued = continuation.yield(.gap(missed: 0, dropped: dropped)) else {
                dropped += 1
                return
            }
            dropped = 0
        }
        if case .dropped = continuation.yield(update) { dropped += 1 }
    }

    func end() {
        continuation.finish()
    }
}
