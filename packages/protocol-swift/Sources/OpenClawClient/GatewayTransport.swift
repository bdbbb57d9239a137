import Foundation

/// One open WebSocket that carries text.
public protocol GatewaySocket: Sendable {
    /// Hands a text message to the network. Calls are made one after the other.
    func send(_ text: String) async throws

    /// The next text message. Throws GatewaySocketClosed once the other side or `close` ended the connection.
    func receive() async throws -> String

    /// Ends the connection: a `receive` that waits must throw soon after. Safe to call again.
    func close(code: Int, reason: String) async
}

/// Opens WebSockets. `URLSessionTransport` is the one to use on Apple platforms; tests and other platforms bring theirs.
public protocol GatewayTransport: Sendable {
    func open(_ url: URL) async throws -> any GatewaySocket
}

/// How a connection ended. RFC 6455, section 7.4.
public struct GatewaySocketClosed: Error, Sendable, Hashable {
    /// The close code; 1006 when the connection ended without one.
    public let code: Int
    public let reason: String

    public init(code: Int, reason: String) {
        self.code = code
        self.reason = reason
    }
}
