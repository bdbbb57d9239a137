/** An answer with a success status that is not what a model API gives: a web page, or JSON instead of a stream. */
export class UnexpectedAnswer extends Error {
  override readonly name = "UnexpectedAnswer";
  readonly status: number;
  readonly contentType: string;
  readonly body: string;

  constructor(status: number, contentType: string, body: string) {
    super(`an answer of type ${contentType} instead of an event stream`);
    this.status = status;
    this.contentType = contentType;
    this.body = body;
  }
}
