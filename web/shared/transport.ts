/** Engine.IO 4 over a websocket, or over long polling where a websocket cannot be opened. Texts only. */

export interface Transport {
  send(packet: string): void;
  close(): void;
}
export interface Ears {
  packet(packet: string): void;
  /** The transport is gone; `opened` tells whether it ever worked. */
  gone(opened: boolean): void;
}

const SEPARATOR = '\u001e';

export function websocket(address: string, ears: Ears): Transport {
  const socket = new WebSocket(`${address.replace(/^http/, 'ws')}?EIO=4&transport=websocket`);
  let opened = false;
  let ended = false;
  const end = (): void => {
    if (ended) return;
    ended = true;
    ears.gone(opened);
  };
  socket.onmessage = ({ data }: MessageEvent<string>): void => {
    opened = true; // not before: some proxies agree to a websocket and then cut it
    if (!ended) ears.packet(data);
  };
  socket.onclose = end;
  socket.onerror = end;
  return {
    send: (packet) => socket.send(packet),
    // Not waiting for the other side's goodbye: it may be the very thing that is gone.
    close(): void {
      ended = true;
      socket.close();
    },
  };
}

export function polling(address: string, ears: Ears): Transport {
  const stop = new AbortController();
  const waiting: string[] = [];
  let place = `${address}?EIO=4&transport=polling`;
  let opened = false;
  let sending = false;

  const fail = (): void => {
    if (stop.signal.aborted) return;
    stop.abort();
    ears.gone(opened);
  };
  const request = async (options: RequestInit = {}): Promise<string> => {
    const response = await fetch(place, { ...options, cache: 'no-store', signal: stop.signal });
    if (!response.ok) throw new Error(String(response.status));
    return response.text();
  };

  async function receive(): Promise<void> {
    while (!stop.signal.aborted) {
      for (const packet of (await request()).split(SEPARATOR)) {
        if (!opened) {
          place += `&sid=${encodeURIComponent((JSON.parse(packet.slice(1)) as { sid: string }).sid)}`;
          opened = true;
        }
        ears.packet(packet);
      }
    }
  }

  async function flush(): Promise<void> {
    if (sending) return;
    sending = true;
    while (waiting.length) await request({ method: 'POST', body: waiting.splice(0).join(SEPARATOR) });
    sending = false;
  }

  receive().catch(fail);
  return {
    send(packet): void {
      waiting.push(packet);
      flush().catch(fail);
    },
    close: () => stop.abort(),
  };
}
