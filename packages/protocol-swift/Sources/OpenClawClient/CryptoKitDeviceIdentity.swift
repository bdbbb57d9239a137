#if canImport(CryptoKit)
import CryptoKit
import Foundation

/// A device identity whose key is held by the app, for example in the Keychain, and used through CryptoKit.
public struct CryptoKitDeviceIdentity: GatewayDeviceIdentity {
    /// The 32 bytes of the private key: keep them as secret as a password.
    public let privateKey: Data
    public let publicKey: Data
    public let deviceId: String

    /// Throws CryptoKitError when the key does not have 32 bytes.
    public init(privateKey: Data) throws {
        let key = try Curve25519.Signing.PrivateKey(rawRepresentation: privateKey)
        self.privateKey = privateKey
        self.publicKey = key.publicKey.rawRepresentation
        self.deviceId = SHA256.hash(data: self.publicKey).map { byte in String(format: "%02x", byte) }.joined()
    }

    /// A new identity. Keep its `privateKey`: another key is another device, which the gateway has to approve again.
    public static func generate() throws -> CryptoKitDeviceIdentity {
        return try CryptoKitDeviceIdentity(privateKey: Curve25519.Signing.PrivateKey().rawRepresentation)
    }

    public func signature(for data: Data) async throws -> Data {
        return try Curve25519.Signing.PrivateKey(rawRepresentation: privateKey).signature(for: data)
    }
}
#endif
