#if canImport(Security) && canImport(CryptoKit)
import CryptoKit
import Foundation
import Security

/// Trusts one certificate and no other, by its SHA-256 fingerprint: for gateways that made their certificate themselves.
///
/// ```swift
/// let session = URLSession(configuration: .default, delegate: try PinnedCertificate(fingerprint: text), delegateQueue: nil)
/// let transport = URLSessionTransport(session: session)
/// ```
public final class PinnedCertificate: NSObject, URLSessionDelegate, Sendable {
    /// 64 lower-case hexadecimal digits.
    public let fingerprint: String

    /// Colons, spaces and capitals in the text do not count. Throws GatewayClientError.invalidOptions.
    public init(fingerprint text: String) throws {
        let digits = text.lowercased().filter { character in character.isHexDigit }
        guard digits.count == 64 else {
            throw GatewayClientError.invalidOptions("a fingerprint has 64 hexadecimal digits, not \(digits.count)")
        }
        self.fingerprint = digits
    }

    public func urlSession(
        _ session: URLSession,
        didReceive challenge: URLAuthenticationChallenge
    ) async -> (URLSession.AuthChallengeDisposition, URLCredential?) {
        guard challenge.protectionSpace.authenticationMethod == NSURLAuthenticationMethodServerTrust,
            let trust = challenge.protectionSpace.serverTrust,
            let chain = SecTrustCopyCertificateChain(trust) as? [SecCertificate],
            let certificate = chain.first
        else {
            return (.cancelAuthenticationChallenge, nil)
        }
        let digest = SHA256.hash(data: SecCertificateCopyData(certificate) as Data)
        let seen = digest.map { byte in String(format: "%02x", byte) }.joined()
        guard seen == fingerprint else { return (.cancelAuthenticationChallenge, nil) }
        return (.useCredential, URLCredential(trust: trust))
    }
}
#endif
