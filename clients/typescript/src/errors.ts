/** What the API refused, or that it did not answer; `details` says whether to retry, and what next. */
export class EntryGoError extends Error {
  override readonly name = "EntryGoError";
  /** The HTTP status; 0 when no answer came at all. */
  readonly status: number;
  readonly errorCode: string;
  readonly field: string | undefined;
  readonly details: Readonly<Record<string, unknown>>;
  /** What was asked. */
  readonly address: string;
  /** By which the operator finds it in every log line. */
  readonly requestId: string;

  constructor(status: number, envelope: Envelope, address: string, requestId: string) {
    super(`${envelope.errorCode}: ${envelope.message} (${address}, request ${requestId})`);
    this.status = status;
    this.errorCode = envelope.errorCode;
    this.field = envelope.field;
    this.details = envelope.details ?? {};
    this.address = address;
    this.requestId = requestId;
  }

  get retryable(): boolean {
    return this.details["retryable"] === true;
  }
}

export interface Envelope {
  errorCode: string;
  message: string;
  field?: string;
  details?: Record<string, unknown>;
}
