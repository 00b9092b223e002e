// Says what npm's socket.io-client sees, one JSON line an event. node client.mjs WEB URL TRANSPORTS
import { createRequire } from "node:module";

const [web, url, transports] = process.argv.slice(2);
const { io } = createRequire(`${web}/package.json`)("socket.io-client");
const say = (what, value) => console.log(JSON.stringify({ what, value }));

const socket = io(`${url}/visitor`, {
  transports: transports.split(","),
  auth: { name: "npm", greeted: true },
  reconnectionDelay: 10,
});
socket.on("connect", async () => {
  say("connected", socket.recovered);
  const draft = { conversation: "c", client_id: "client-id-1", text: "你好 👋" };
  say("stored", await socket.timeout(5000).emitWithAck("message:send", draft));
  say("refused", await socket.timeout(5000).emitWithAck("message:send", { ...draft, x: 1 }));
  say("unknown", await socket.timeout(5000).emitWithAck("no:such", {}));
  say("transport", socket.io.engine.transport.name);
});
socket.onAny((name, payload) => say(name, payload));
socket.on("disconnect", (reason) => say("disconnected", reason));
socket.on("connect_error", (error) => say("connect_error", error.data ?? error.message));

const stranger = io(`${url}/agent`, { transports: ["websocket"], forceNew: true, auth: { name: "stranger" } });
stranger.on("connect_error", (error) => {
  say("stranger", error.data);
  stranger.close();
});
