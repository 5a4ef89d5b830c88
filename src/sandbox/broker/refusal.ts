/** The broker will not do something; its words are for whoever asked. */
export class BrokerRefusal extends Error {
  /** HTTP status. */
  readonly status: number;

  constructor(status: number, description: string) {
    super(description);
    this.status = status;
  }
}
