/** The broker rejects a request; the message is for the caller. */
export class BrokerRefusal extends Error {
  /** HTTP status. */
  readonly status: number;

  constructor(status: number, description: string) {
    super(description);
    this.status = status;
  }
}
