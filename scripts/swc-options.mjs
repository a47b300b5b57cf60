// How TypeScript becomes JavaScript, for the build and for the tests alike. Types are checked by `npm run check`.

/** @type {import('@swc/core').Options} */
export const swcOptions = {
  swcrc: false,
  jsc: {
    target: 'es2022',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
    keepClassNames: true,
  },
  module: { type: 'es6' },
};
