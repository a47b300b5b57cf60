/** `born` and `gone` are never conflated away; of several `state`s of one key only the newest matters. */
export type StepKind = 'born' | 'state' | 'gone';

/** What a source of a channel tells: something about one subject. */
export interface ChannelStep<S> {
  readonly kind: StepKind;
  /** What is conflated and held together, for example the id of an opportunity. */
  readonly key: string;
  /** What filters judge. */
  readonly subject: S;
  /** What the client receives as one element of `data`. */
  readonly body: object;
  /** Its position where the source gives it, greater than all before; else the channel counts. */
  readonly position?: number | undefined;
}

/** One element of a snapshot. */
export interface SnapshotItem<S> {
  readonly key: string;
  readonly subject: S;
  readonly body: object;
}

/** A step with its position in the channel; immutable, and serialised at most once however many clients receive it. */
export class FeedEvent<S = unknown> {
  readonly kind: StepKind;
  readonly key: string;
  readonly subject: S;
  private body: object | null;
  private text = '';

  constructor(
    readonly seq: number,
    step: ChannelStep<S>,
  ) {
    this.kind = step.kind;
    this.key = step.key;
    this.subject = step.subject;
    this.body = step.body;
  }

  /** The element as JSON text; made at the first use, since a channel without clients costs nothing. */
  get json(): string {
    if (this.body !== null) {
      this.text = JSON.stringify(this.body);
      this.body = null;
    }
    return this.text;
  }
}
