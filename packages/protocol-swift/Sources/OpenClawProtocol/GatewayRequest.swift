import Foundation

/// Parameters that know which method they belong to and what it answers.
public protocol GatewayRequest: Encodable, Sendable {
    associatedtype Answer: Decodable & Sendable

    static var method: GatewayMethod { get }
}

extension RequestFrame {
    /// A frame that makes the call. `id` comes back on every answer.
    public init<Request: GatewayRequest>(id: String, _ request: Request) throws {
        self.init(id: id, method: Request.method.rawValue, params: try JSONValue(encoding: request))
    }
}

extension ResponseFrame {
    /// The answer, read. Throws the ErrorShape of a failed call, or DecodingError when the answer has another shape.
    public func answer<Answer: Decodable>(as type: Answer.Type) throws -> Answer {
        if let error = error, !ok {
            throw error
        }
        return try (payload ?? .null).decoded(as: type)
    }
}

extension ErrorShape: Error {}

extension ErrorShape: LocalizedError {
    public var errorDescription: String? {
        return message
    }

    /// What the error itself says about trying again, else what its code says.
    public var mayRetry: Bool {
        return retryable ?? code.isRetryable
    }
}

/// A request that is answered twice: first that the work was accepted, then with its outcome.
public protocol GatewayLongRequest: GatewayRequest {
    associatedtype Accepted: Decodable & Sendable
}
