import Foundation
import OpenClawProtocol

/// Why a connection or a call came to nothing. A call that the gateway refused throws the gateway's own `ErrorShape`.
public enum GatewayClientError: Error, Sendable, Hashable {
    /// The options make no sense; the text says which one and what was expected.
    case invalidOptions(String)
    /// There is no connection at the moment.
    case notConnected
    /// More calls wait for an answer than `maximumPendingCalls` allows.
    case tooManyCalls
    /// No answer in time. The gateway may have done the work all the same.
    case timedOut(method: String)
    /// The gateway refused the connection.
    case refused(ErrorShape)
    /// The connection ended, or none came about. The gateway may have done the work of open calls all the same.
    case connectionLost(code: Int, reason: String)
    /// The other side does not speak this protocol.
    case notAGateway(String)
    /// The client was stopped.
    case stopped

    /// True when connecting again may succeed without any change.
    public var mayRetry: Bool {
        switch self {
        case .refused(let error): return error.mayRetry
        case .connectionLost(let code, _): return GatewayCloseCode.mayReconnect(code)
        case .timedOut, .notConnected, .tooManyCalls: return true
        case .invalidOptions, .notAGateway, .stopped: return false
        }
    }

    /// How long the gateway asks to wait first, in milliseconds.
    public var retryAfterMs: Int64? {
        guard case .refused(let error) = self else { return nil }
        return error.retryAfterMs
    }
}

extension GatewayClientError: LocalizedError {
    public var errorDescription: String? {
        switch self {
        case .invalidOptions(let problem): return "The gateway client's options are wrong: \(problem)"
        case .notConnected: return "There is no connection to the gateway."
        case .tooManyCalls: return "Too many calls to the gateway wait for an answer."
        case .timedOut(let method): return "The gateway did not answer \(method) in time."
        case .refused(let error): return "The gateway refused the connection: \(error.message)"
        case .connectionLost(let code, let reason):
            return "The connection to the gateway ended: \(reason.isEmpty ? "no reason given" : reason) (code \(code))."
        case .notAGateway(let problem): return "This is no gateway: \(problem)"
        case .stopped: return "The gateway client was stopped."
        }
    }
}
