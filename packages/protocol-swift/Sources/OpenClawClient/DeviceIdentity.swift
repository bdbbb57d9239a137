import Foundation
import OpenClawProtocol

/// An Ed25519 key that this device proves itself with. The private half stays wherever the app keeps it.
public protocol GatewayDeviceIdentity: Sendable {
    /// Lower-case hexadecimal SHA-256 of the 32 bytes of the public key.
    var deviceId: String { get }
    /// The 32 bytes of the public key.
    var publicKey: Data { get }
    /// The 64 bytes of the signature over `data`.
    func signature(for data: Data) async throws -> Data
}

/// Where the tokens are kept that a gateway gives its devices. On Apple platforms the Keychain is the place for them.
public protocol GatewayDeviceTokenStore: Sendable {
    func token(deviceId: String, role: String) async -> String?
    /// Keeps a token, or forgets it when `token` is nil.
    func save(_ token: String?, deviceId: String, role: String) async
}

/// Keeps tokens until the process ends.
public actor MemoryDeviceTokenStore: GatewayDeviceTokenStore {
    private var tokens: [String: String] = [:]

    public init() {}

    public func token(deviceId: String, role: String) -> String? {
        return tokens["\(role) \(deviceId)"]
    }

    public func save(_ token: String?, deviceId: String, role: String) {
        tokens["\(role) \(deviceId)"] = token
    }
}

/// The text a device signs when it connects: version 3 of it, which names the platform too.
public struct DeviceSignatureText: Sendable, Hashable {
    public var deviceId: String
    public var client: ClientInfo
    public var role: String
    public var scopes: [String]
    /// Milliseconds since the epoch.
    public var signedAt: Int64
    /// The credential the connection presents: the shared token, else the device token; empty when there is none.
    public var token: String
    /// Of this socket's `connect.challenge`.
    public var nonce: String

    public init(
        deviceId: String,
        client: ClientInfo,
        role: String,
        scopes: [String],
        signedAt: Int64,
        token: String,
        nonce: String
    ) {
        self.deviceId = deviceId
        self.client = client
        self.role = role
        self.scopes = scopes
        self.signedAt = signedAt
        self.token = token
        self.nonce = nonce
    }

    public var text: String {
        let fields: [String] = [
            "v3",
            deviceId,
            client.id.rawValue,
            client.mode.rawValue,
            role,
            scopes.joined(separator: ","),
            String(signedAt),
            token,
            nonce,
            DeviceSignatureText.normalized(client.platform),
            DeviceSignatureText.normalized(client.deviceFamily ?? ""),
        ]
        return fields.joined(separator: "|")
    }

    private static func normalized(_ text: String) -> String {
        return text.trimmingCharacters(in: .whitespacesAndNewlines).lowercased()
    }
}

extension Data {
    /// base64url without padding. RFC 4648, section 5.
    var base64URLText: String {
        return base64EncodedString()
            .replacingOccurrences(of: "+", with: "-")
            .replacingOccurrences(of: "/", with: "_")
            .replacingOccurrences(of: "=", with: "")
    }
}
