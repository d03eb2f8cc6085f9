// Reads server-sent events from an answer's body, whose end alone does not mean that all is well.

export async function* events(body) {
  let pending = "";
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      pending += value;
      const blocks = pending.split("\n\n");
      pending = blocks.pop();
      for (const block of blocks) {
        if (block.startsWith(":")) continue; // a comment, sent to keep the connection
        const [event, data] = block.split("\n");
        yield { name: event.slice("event: ".length), data: JSON.parse(data.slice("data: ".length)) };
      }
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}
