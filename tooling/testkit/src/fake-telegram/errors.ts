/** Extra fields of an error answer. https://core.telegram.org/bots/api#responseparameters */
export interface ResponseParameters {
  readonly retry_after?: number;
  readonly migrate_to_chat_id?: number;
}

/** An error answer of the Bot API: `error_code` is also the HTTP status. */
export class BotApiError extends Error {
  override readonly name = "BotApiError";
  readonly code: number;
  readonly parameters: ResponseParameters | undefined;

  constructor(code: number, description: string, parameters?: ResponseParameters) {
    super(description);
    this.code = code;
    this.parameters = parameters;
  }
}

/** A 400 answer, worded as the real server words it. */
export function badRequest(description: string, parameters?: ResponseParameters): BotApiError {
  return new BotApiError(400, `Bad Request: ${description}`, parameters);
}
