import Foundation
import OpenClawProtocol

/// Who connects, to which gateway, with what rights.
public struct GatewayClientOptions: Sendable {
    /// `ws://` or `wss://`, for example `ws://127.0.0.1:18789`.
    public var url: URL
    public var client: ClientInfo
    /// The gateway's shared token, when the user has given it to this app.
    public var token: String?
    public var password: String?
    /// `operator` or `node`.
    public var role: String = "operator"
    /// What the connection may do. The gateway grants no more than the credential carries.
    public var scopes: [String] = ["operator.read", "operator.write"]
    /// For nodes: what the device can do, and which commands it answers.
    public var caps: [String] = []
    public var commands: [String] = []
    public var permissions: [String: Bool] = [:]
    /// The key this device proves itself with; a gateway elsewhere asks for one.
    public var identity: (any GatewayDeviceIdentity)?
    public var deviceTokens: any GatewayDeviceTokenStore = MemoryDeviceTokenStore()
    /// Send everything, the token included, unencrypted to another machine. Only for networks that encrypt themselves.
    public var allowsPlainTextToOtherHosts = false
    /// For one attempt, from the first packet to `hello-ok`.
    public var connectTimeout: Duration = .seconds(10)
    /// For one answer.
    public var callTimeout: Duration = .seconds(30)
    /// For the final answer of work that the gateway has accepted.
    public var acceptedCallTimeout: Duration = .seconds(900)
    public var maximumPendingCalls = 256
    /// Updates that may wait for one reader; more are dropped, and the reader is told by `gap`.
    public var maximumWaitingUpdates = 1024
    public var reconnect = GatewayReconnectPolicy()
    /// Fetch health and presence when events were missed.
    public var refreshesAfterGap = true
    /// A BCP 47 language tag.
    public var locale: String?

    public init(url: URL, client: ClientInfo) {
        self.url = url
        self.client = client
    }

    /// Throws GatewayClientError.invalidOptions.
    func check() throws {
        let scheme = url.scheme?.lowercased() ?? ""
        guard scheme == "ws" || scheme == "wss" else {
            throw GatewayClientError.invalidOptions("url must begin with ws:// or wss://, not \(scheme)://")
        }
        guard let host = url.host, !host.isEmpty else {
            throw GatewayClientError.invalidOptions("url names no host")
        }
        if scheme == "ws" && !allowsPlainTextToOtherHosts && !GatewayClientOptions.isThisMachine(host) {
            throw GatewayClientError.invalidOptions(
                "ws:// to \(host) would send the credential unencrypted; use wss://, a tunnel to 127.0.0.1, "
                    + "or set allowsPlainTextToOtherHosts"
            )
        }
    }

    private static func isThisMachine(_ host: String) -> Bool {
        let name = host.lowercased().trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
        if name == "localhost" || name == "::1" { return true }
        let numbers = name.split(separator: ".", omittingEmptySubsequences: false).map { part in UInt8(String(part)) }
        return numbers.count == 4 && numbers.allSatisfy { number in number != nil } && numbers.first == UInt8(127)
    }
}

/// How long to wait before connecting again: twice as long after each failure, up to a maximum, and not all at once.
public struct GatewayReconnectPolicy: Sendable, Hashable {
    public var first: Duration = .milliseconds(250)
    public var maximum: Duration = .seconds(30)
    /// Attempts in a row before the client gives up; nil never does.
    public var maximumAttempts: Int?

    public init() {}

    /// `attempt` counts from 1. `random` is from 0 to 1. Nil gives up.
    public func delay(attempt: Int, retryAfterMs: Int64?, random: Double) -> Duration? {
        if let most = maximumAttempts, attempt > most { return nil }
        let doubled = first * (1 << min(max(attempt - 1, 0), 16))
        let bounded = doubled < maximum ? doubled : maximum
        let jittered = bounded * (0.5 + random / 2)
        guard let asked = retryAfterMs, asked > 0 else { return jittered }
        let wanted = Duration.milliseconds(min(asked, 600_000))
        return jittered < wanted ? wanted : jittered
    }
}
