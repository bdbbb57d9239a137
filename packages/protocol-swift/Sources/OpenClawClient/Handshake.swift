import Foundation
import OpenClawProtocol

/// The first frames of a connection: challenge, `connect`, `hello-ok`.
struct Handshake {
    let options: GatewayClientOptions
    /// Where the connection before this one was lost.
    let resume: ResumePoint?

    private static let requestId = "connect"

    /// Throws GatewayClientError.refused with the gateway's own error, or what the socket throws.
    func shakeHands(over socket: any GatewaySocket) async throws -> HelloOk {
        let challenge = try await self.challenge(from: socket)
        let params = try await self.params(for: challenge)
        try await socket.send(GatewayFrame.request(RequestFrame(id: Handshake.requestId, params)).text())
        while true {
            guard case .response(let response) = try await frame(from: socket) else { continue }
            guard response.id == Handshake.requestId else { continue }
            if !response.ok { throw await refusal(response, params: params) }
            let hello = try response.answer(as: HelloOk.self)
            await keepToken(of: hello)
            return hello
        }
    }

    private func challenge(from socket: any GatewaySocket) async throws -> ConnectChallengeEvent {
        while true {
            guard case .event(let event) = try await frame(from: socket) else { continue }
            if case .connectChallenge(let challenge) = try GatewayEvent(event) { return challenge }
        }
    }

    private func frame(from socket: any GatewaySocket) async throws -> GatewayFrame {
        let text = try await socket.receive()
        guard let frame = try? GatewayFrame(text: text) else {
            throw GatewayClientError.notAGateway("its first message is no frame of this protocol")
        }
        return frame
    }

    private func params(for challenge: ConnectChallengeEvent) async throws -> ConnectParams {
        let deviceToken = await storedToken()
        let hasNodeClaims = options.role == "node"
        let token = options.token ?? (options.password == nil ? deviceToken : nil)
        return ConnectParams(
            minProtocol: GatewayProtocol.minimumVersion,
            maxProtocol: GatewayProtocol.version,
            client: options.client,
            caps: options.caps + ["resume"],
            commands: hasNodeClaims ? options.commands : nil,
            permissions: hasNodeClaims ? options.permissions : nil,
            role: options.role,
            scopes: hasNodeClaims ? [] : options.scopes,
            device: try await proof(token: token ?? deviceToken ?? "", challenge: challenge),
            auth: ConnectAuth(token: token, password: options.password, deviceToken: deviceToken),
            locale: options.locale,
            resume: resume
        )
    }

    private func proof(token: String, challenge: ConnectChallengeEvent) async throws -> DeviceProof? {
        guard let identity = options.identity else { return nil }
        let text = DeviceSignatureText(
            deviceId: identity.deviceId,
            client: options.client,
            role: options.role,
            scopes: options.role == "node" ? [] : options.scopes,
            signedAt: Int64(Date().timeIntervalSince1970 * 1000),
            token: token,
            nonce: challenge.nonce
        )
        let signature = try await identity.signature(for: Data(text.text.utf8))
        return DeviceProof(
            id: identity.deviceId,
            publicKey: identity.publicKey.base64URLText,
            signature: signature.base64URLText,
            signedAt: text.signedAt,
            nonce: challenge.nonce
        )
    }

    private func storedToken() async -> String? {
        guard let identity = options.identity else { return nil }
        return await options.deviceTokens.token(deviceId: identity.deviceId, role: options.role)
    }

    private func keepToken(of hello: HelloOk) async {
        guard let identity = options.identity, let token = hello.auth?.deviceToken else { return }
        await options.deviceTokens.save(token, deviceId: identity.deviceId, role: options.role)
    }

    /// A device token that the gateway no longer knows is forgotten. With a shared secret at hand the next attempt may
    /// succeed without it; otherwise somebody has to approve the device again.
    private func refusal(_ response: ResponseFrame, params: ConnectParams) async -> GatewayClientError {
        let error = response.error ?? ErrorShape(code: .unavailable, message: "the gateway gave no reason")
        let code = error.details?["code"]?.stringValue ?? ""
        if code.hasPrefix("AUTH_"), params.auth?.deviceToken != nil, let identity = options.identity {
            await options.deviceTokens.save(nil, deviceId: identity.deviceId, role: options.role)
        }
        return .refused(error)
    }
}
