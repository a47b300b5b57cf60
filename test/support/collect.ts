import type { Observable, Subscription } from 'rxjs';

/** Takes every value of a stream; an error of it fails the test. */
export function collect<T>(source$: Observable<T>, take: (value: T) => unknown): Subscription {
  const error = (reason: unknown): void => {
    throw reason;
  };
  return source$.subscribe({ next: take, error });
}
