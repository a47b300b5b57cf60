import type { JSX } from 'preact';

/** A small line without axes; the words beside it tell the figures. */
export function Sparkline({
  values,
  width = 120,
  height = 24,
  label,
}: {
  values: readonly (number | null)[];
  width?: number;
  height?: number;
  label: string;
}): JSX.Element {
  const known = values.filter((value): value is number => value !== null);
  const low = Math.min(...known);
  const range = Math.max(...known) - low || 1;
  const step = width / Math.max(1, values.length - 1);
  let path = '';
  let isPen = false;
  values.forEach((value, index) => {
    if (value === null) {
      isPen = false;
      return;
    }
    const y = height - 2 - ((value - low) / range) * (height - 4);
    path += `${isPen ? 'L' : 'M'}${(index * step).toFixed(1)} ${y.toFixed(1)}`;
    isPen = true;
  });
  return (
    <svg
      class="sparkline"
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={label}
    >
      <path d={path} fill="none" stroke="var(--accent)" stroke-width="1.25" />
    </svg>
  );
}
