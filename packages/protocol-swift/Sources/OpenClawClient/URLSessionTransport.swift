import Foundation
#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// WebSockets of Foundation's URLSession.
public struct URLSessionTransport: GatewayTransport {
    private let session: URLSession
    private let maximumMessageBytes: Int

    /// `maximumMessageBytes` bounds one message from the gateway.
    public init(session: URLSession = .shared, maximumMessageBytes: Int = 32 * 1024 * 1024) {
        self.session = session
        self.maximumMessageBytes = maximumMessageBytes
    }

    public func open(_ url: URL) async throws -> any GatewaySocket {
        var request = URLRequest(url: url)
        #if canImport(FoundationNetworking)
        // Foundation on Linux asks to keep the connection alive instead of to upgrade it, which servers refuse.
        request.setValue("Upgrade", forHTTPHeaderField: "Connection")
        #endif
        let task = session.webSocketTask(with: request)
        task.maximumMessageSize = maximumMessageBytes
        task.resume()
        return URLSessionSocket(task: task)
    }
}

private struct URLSessionSocket: GatewaySocket {
    let task: URLSessionWebSocketTask

    func send(_ text: String) async throws {
        do {
            try await task.send(.string(text))
        } catch {
            throw closed(error)
        }
    }

    func receive() async throws -> String {
        do {
            let message = try await task.receive()
            switch message {
            case .string(let text): return text
            case .data(let data): return String(decoding: data, as: UTF8.self)
            @unknown default: throw GatewaySocketClosed(code: 1003, reason: "a message of an unknown kind")
            }
        } catch {
            throw closed(error)
        }
    }

    func close(code: Int, reason: String) async {
        let closeCode = URLSessionWebSocketTask.CloseCode(rawValue: code) ?? .goingAway
        task.cancel(with: closeCode, reason: reason.isEmpty ? nil : Data(reason.utf8))
    }

    /// The close frame says more than the error of the call that met it.
    private func closed(_ error: any Error) -> any Error {
        if error is GatewaySocketClosed { return error }
        let code = task.closeCode.rawValue
        let reason = task.closeReason.map { data in String(decoding: data, as: UTF8.self) } ?? ""
        return code > 0
            ? GatewaySocketClosed(code: code, reason: reason)
            : GatewaySocketClosed(code: 1006, reason: error.localizedDescription)
    }
}
