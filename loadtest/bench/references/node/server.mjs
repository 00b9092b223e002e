// Node's Socket.IO and pg as their documentation shows them: one INSERT a message.
// PostgreSQL is named by the PG… variables; where VALKEY_SOCKET and VALKEY_PASSWORD name a Valkey,
// several nodes are one through the Redis adapter.  node server.mjs PORT
import { createServer } from "node:http";
import { createAdapter } from "@socket.io/redis-adapter";
import pg from "pg";
import { createClient } from "redis";
import { Server } from "socket.io";

const { VALKEY_SOCKET: path, VALKEY_PASSWORD: password } = process.env;
const insert =
  "INSERT INTO message (conversation, client_id, body) VALUES ($1, $2, $3) RETURNING id, at";
const pool = new pg.Pool();
const http = createServer();
const io = new Server(http);

if (path) {
  const pub = createClient({ socket: { path }, password });
  const sub = pub.duplicate();
  await Promise.all([pub.connect(), sub.connect()]);
  io.adapter(createAdapter(pub, sub));
}

io.of("/agent").on("connection", (socket) => {
  socket.join(socket.handshake.auth.conversation);
});

io.of("/visitor").on("connection", (socket) => {
  socket.on("message:send", async (message, answer) => {
    const { conversation, client_id, text } = message;
    const { rows } = await pool.query(insert, [conversation, client_id, text]);
    const stored = { seq: rows[0].id, at: rows[0].at };
    io.of("/agent").to(conversation).emit("message:created", { ...message, ...stored });
    answer({ ok: true, data: stored });
  });
});

http.listen(Number(process.argv[2]), "127.0.0.1");
