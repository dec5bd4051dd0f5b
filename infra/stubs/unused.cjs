// Stands in a bundle for what is never reached, of `soap` or of the SDK. Whoever reaches it anyway is told so at once.
module.exports = new Proxy(
  {},
  {
    get(_target, name) {
      if (typeof name === 'symbol' || name === '__esModule' || name === 'default' || name === 'then')
        return undefined;
      return () => {
        throw new Error(`${name} was left out of this bundle (infra/bundles.ts)`);
      };
    },
  },
);
