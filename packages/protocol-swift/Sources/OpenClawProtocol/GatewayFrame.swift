import Foundation

/// One frame of the socket. A frame of a type that this version does not know is kept as it came.
public enum GatewayFrame: Codable, Sendable, Hashable {
    case request(RequestFrame)
    case response(ResponseFrame)
    case event(EventFrame)
    case unknown(JSONValue)

    private enum CodingKeys: String, CodingKey {
        case type
    }

    public init(from decoder: any Decoder) throws {
        let type = try? decoder.container(keyedBy: CodingKeys.self).decode(String.self, forKey: .type)
        switch type {
        case "req": self = .request(try RequestFrame(from: decoder))
        case "res": self = .response(try ResponseFrame(from: decoder))
        case "event": self = .event(try EventFrame(from: decoder))
        default: self = .unknown(try JSONValue(from: decoder))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        switch self {
        case .request(let frame): try frame.encode(to: encoder)
        case .response(let frame): try frame.encode(to: encoder)
        case .event(let frame): try frame.encode(to: encoder)
        case .unknown(let value): try value.encode(to: encoder)
        }
    }

    /// Reads a text frame. Throws DecodingError when it is not JSON or a known type lacks what it must have.
    public init(text: String) throws {
        self = try JSONDecoder().decode(GatewayFrame.self, from: Data(text.utf8))
    }

    /// The frame as the text of a WebSocket message.
    public func text() throws -> String {
        return String(decoding: try JSONEncoder().encode(self), as: UTF8.self)
    }
}
