// Values that nobody should pass, and how they are told apart in reports.
export const throwing = (trap) => {
  const fail = () => {
    throw new Error("trapped");
  };
  return new Proxy({}, { [trap]: fail });
};
const revoked = () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
};
const cyclic = () => {
  const value = { role: "user", content: [] };
  value.content.push(value);
  value.self = value;
  return value;
};
const deep = (depth) => {
  let value = "deep";
  for (let level = 0; level < depth; level++) value = [value];
  return value;
};

export const hostile = () => ({
  undefined: undefined,
  null: null,
  true: true,
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  "-1": -1,
  "1.5": 1.5,
  "1e300": 1e300,
  "1n": 1n,
  "empty text": "",
  "lone surrogates": "a\ud800\udc00\udc00b\ud83d",
  symbol: Symbol("x"),
  function: () => undefined,
  "empty array": [],
  "sparse array": [, { role: "user", content: "hi" }, ,],
  "array of symbols": [Symbol("x")],
  "empty object": {},
  "no prototype": Object.assign(Object.create(null), { a: 1 }),
  "symbol key": { [Symbol("key")]: 1 },
  "__proto__ key": JSON.parse('{"__proto__": {"role": "user"}, "constructor": 1, "toString": 2}'),
  "text with odd toString": { toString: () => { throw new Error("no text"); }, valueOf: () => { throw new Error("no value"); } },
  cyclic: cyclic(),
  deep: deep(100_000),
  "getter that throws": Object.defineProperty({}, "role", { enumerable: true, get() { throw new Error("boom"); } }),
  "toJSON that throws": { toJSON() { throw new Error("boom"); } },
  "proxy: get": throwing("get"),
  "proxy: ownKeys": throwing("ownKeys"),
  "proxy: has": throwing("has"),
  "proxy: getPrototypeOf": throwing("getPrototypeOf"),
  revoked: revoked(),
  map: new Map([["a", 1]]),
  date: new Date(Number.NaN),
  bytes: new Uint8Array(3),
  promise: Promise.resolve({}),
});
