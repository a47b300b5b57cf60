import { useEffect, useRef, useState } from 'preact/hooks';
import type { JSX } from 'preact';
import { ask, Problem, type Query, withQuery } from '../live/rest.js';
import { token } from '../live/session.js';

/** What is known of an answer: the newest one stays while it is asked for again. */
export interface Answer<T> {
  readonly data: T | null;
  readonly problem: Problem | null;
  readonly isLoading: boolean;
  /** Asks again now. */
  readonly again: () => void;
}

/**
 * Asks the service for something and keeps the answer.
 *
 * @param path - Null asks for nothing yet.
 * @param query - Its parameters.
 * @param everyMs - Asks again after so long; never, where it is left out. The service allows 600 requests a minute.
 */
export function useAnswer<T>(path: string | null, query: Query = {}, everyMs?: number): Answer<T> {
  const target = path === null ? null : withQuery(path, query);
  const [state, setState] = useState<Omit<Answer<T>, 'again'>>({ data: null, problem: null, isLoading: true });
  const [round, setRound] = useState(0);
  const asked = useRef<string | null>(null);
  const withToken = token.value;
  useEffect(() => {
    if (target === null) {
      setState({ data: null, problem: null, isLoading: false });
      return undefined;
    }
    const ending = new AbortController();
    // What belongs to another question is not shown under this one.
    const isSame = asked.current === target;
    asked.current = target;
    setState((before) => ({ data: isSame ? before.data : null, problem: null, isLoading: true }));
    let timer: ReturnType<typeof setTimeout> | undefined;
    const next = (): void => {
      if (everyMs !== undefined) timer = setTimeout(() => void load(), everyMs);
    };
    const load = async (): Promise<void> => {
      try {
        const data = await ask<T>(target, {}, ending.signal);
        setState({ data, problem: null, isLoading: false });
      } catch (error) {
        if (ending.signal.aborted) return;
        const problem = error instanceof Problem ? error : new Problem(0, 'fault', String(error));
        setState((before) => ({ data: before.data, problem, isLoading: false }));
      }
      if (!ending.signal.aborted) next();
    };
    void load();
    return () => {
      ending.abort();
      clearTimeout(timer);
    };
  }, [target, everyMs, round, withToken]);
  return { ...state, again: () => setRound((before) => before + 1) };
}

/** Shows what went wrong, in the words of the service. */
export function ProblemNote({ problem }: { problem: Problem | null }): JSX.Element | null {
  if (!problem) return null;
  const field = problem.field === null ? '' : `${problem.field}: `;
  return (
    <p class="problem" role="alert">
      {field}
      {problem.message} <span class="dim">({problem.code})</span>
    </p>
  );
}
