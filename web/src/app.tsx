import type { JSX } from 'preact';
import { useErrorBoundary, useEffect, useRef } from 'preact/hooks';
import { link } from './live/connection.js';
import { place } from './router.js';
import { Bar } from './shell/bar.js';
import { DeadBanner } from './shell/dead-banner.js';
import { openHelp, HelpSheet } from './shell/help-sheet.js';
import { onShortcut } from './shell/shortcuts.js';
import { TokenSheet } from './parts/token-sheet.js';
import { VIEWS } from './views/views.js';

function Current(): JSX.Element {
  const view = VIEWS.find(({ id }) => id === place.value.parts[0]) ?? VIEWS[0];
  const [error, reset] = useErrorBoundary() as [unknown, () => void];
  useEffect(() => {
    document.title = view ? `${view.title} · Crossbook` : 'Crossbook';
  }, [view]);
  if (error !== undefined) {
    return (
      <p class="problem" role="alert">
        This view broke: {error instanceof Error ? error.message : 'it threw what is no error'}.{' '}
        <button onClick={reset}>Show it again</button>
      </p>
    );
  }
  if (!view) return <p class="empty">There is no such view.</p>;
  return <view.show key={view.id} />;
}

/** The whole page. */
export function App(): JSX.Element {
  const main = useRef<HTMLElement>(null);
  useEffect(() => onShortcut(openHelp), []);
  const isDead = link.value === 'disconnected' || link.value === 'stale' || link.value === 'refused';
  return (
    <>
      <a
        class="skip"
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          main.current?.focus();
        }}
      >
        Skip to the view
      </a>
      <Bar />
      <DeadBanner />
      <main id="main" ref={main} tabIndex={-1} class={isDead ? 'is-dead' : ''}>
        <Current />
      </main>
      <HelpSheet />
      <TokenSheet />
    </>
  );
}
