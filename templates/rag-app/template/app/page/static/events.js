// Server-sent events of a stream, however the network cuts it into chunks: in the middle of a line,
// of a line's end, or of a letter.

function* linesOf(text, isEnd) {
  // A carriage return at the very end may be half of a line's end whose other half is to come.
  const ends = isEnd ? /\r\n|\n|\r/g : /\r\n|\n|\r(?!$)/g;
  let start = 0;
  for (const end of text.matchAll(ends)) {
    yield text.slice(start, end.index);
    start = end.index + end[0].length;
  }
  return text.slice(start);
}

class Assembly {
  name = "";
  data = [];

  // Returns the event that an empty line completes, or null.
  take(line) {
    if (line === "") {
      const event = this.data.length ? { name: this.name || "message", data: this.data.join("\n") } : null;
      this.name = "";
      this.data = [];
      return event;
    }
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "event") this.name = value;
    if (field === "data") this.data.push(value);
    return null;
  }
}

export async function* eventsOf(stream) {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  const assembly = new Assembly();
  let rest = "";
  try {
    for (let isEnd = false; !isEnd; ) {
      const { done, value } = await reader.read();
      isEnd = done;
      const lines = linesOf(rest + decoder.decode(value, { stream: !done }), done);
      let line = lines.next();
      for (; !line.done; line = lines.next()) {
        const event = assembly.take(line.value);
        if (event) yield event;
      }
      rest = line.value;
    }
  } finally {
    await reader.cancel().catch(() => {}); // it has ended, or nobody listens any more
  }
}
