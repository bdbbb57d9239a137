import Foundation
import OpenClawProtocol

/// A call that waits for its answer.
struct PendingCall {
    let method: String
    /// True when the first answer may be "accepted", with the final one to follow.
    let answersTwice: Bool
    let accepted: @Sendable (JSONValue) -> Void
    let continuation: CheckedContinuation<ResponseFrame, any Error>
    var deadline: Task<Void, Never>
}

/// The calls of one client, by the id of their request. Each is resumed exactly once.
struct PendingCalls {
    private var calls: [String: PendingCall] = [:]

    var count: Int {
        return calls.count
    }

    mutating func add(_ call: PendingCall, id: String) {
        calls[id] = call
    }

    /// Takes a call out to be resumed; nil when it was resumed already.
    mutating func take(_ id: String) -> PendingCall? {
        guard let call = calls.removeValue(forKey: id) else { return nil }
        call.deadline.cancel()
        return call
    }

    /// The call stays, with another deadline, when this answer is its first of two.
    mutating func accept(_ id: String, payload: JSONValue, deadline: Task<Void, Never>) {
        calls[id]?.deadline.cancel()
        calls[id]?.deadline = deadline
        calls[id]?.accepted(payload)
    }

    func isFirstOfTwo(_ frame: ResponseFrame) -> Bool {
        return frame.ok && frame.payload?["status"]?.stringValue == "accepted" && calls[frame.id]?.answersTwice == true
    }

    mutating func failAll(_ error: any Error) {
        for id in Array(calls.keys) {
            take(id)?.continuation.resume(throwing: error)
        }
    }
}
