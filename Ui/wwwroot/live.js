// Reads a stream of samples and shows the newest ones, for as long as somebody looks.

import { header } from './page.js';

/** The newest samples of a stream as rows of a table body, the newest on top; elements tell its state, what is wrong and what was missed. */
export function live(body, state, fault, missed) {
  let options = null;
  let running = null;
  let retry = 0;
  let frame = 0;
  let lastId = '';
  let isPaused = false;
  let hasMissed = 0;
  let isMissedUnknown = false;

  // The newest samples that are not shown yet; while paused, and until the next frame.
  let waiting = [];
  let passed = 0;

  async function open() {
    close();
    if (document.hidden) {
      tell('Stopped, since nobody looks.', '');
      return;
    }

    running = new AbortController();
    const signal = running.signal;
    try {
      const response = await fetch(options.url, { headers: lastId ? { ...header, 'Last-Event-ID': lastId } : header, signal, cache: 'no-store' });
      if (response.status === 401) {
        location.reload();
        return;
      }

      if (!response.ok) {
        const problem = await response.json();
        tell('', problem.detail || `The server responded ${response.status}.`);
        if (response.status !== 400 && response.status !== 403) {
          again();
        }

        return;
      }

      await read(response.body.pipeThrough(new TextDecoderStream()).getReader());
      lost(signal);
    } catch (failure) {
      lost(signal);
    }
  }

  // Frames of the stream end with an empty line.
  async function read(reader) {
    let text = '';
    for (;;) {
      const { done, value } = await reader.read();
      if (done) {
        return;
      }

      text += value;
      const frames = text.split('\n\n');
      text = frames.pop();
      frames.forEach(take);
    }
  }

  function take(text) {
    const fields = Object.fromEntries(text.split('\n').map(line => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trimStart()]));
    lastId = fields.id || lastId;
    if (fields.event === 'ready') {
      tell(undefined, '');
    } else if (fields.event === 'fault') {
      tell(undefined, JSON.parse(fields.data).message);
    } else if (fields.event === 'missed') {
      const { count } = JSON.parse(fields.data);
      hasMissed += count ?? 0;
      isMissedUnknown ||= count === null;
      note();
    } else if (fields.event === 'sample') {
      waiting.push(JSON.parse(fields.data));
      if (waiting.length > options.most) {
        waiting.shift();
        passed++;
      }

      frame ||= requestAnimationFrame(draw);
    }
  }

  function draw() {
    frame = 0;
    if (isPaused) {
      tell(undefined);
      return;
    }

    passed = 0;
    const rows = document.createDocumentFragment();
    waiting.reverse().forEach(sample => rows.append(row(sample)));
    waiting = [];
    body.prepend(rows);
    while (body.childElementCount > options.most) {
      body.lastElementChild.remove();
    }

    tell(undefined);
  }

  function row(sample) {
    const line = document.createElement('tr');
    const time = document.createElement('th');
    time.scope = 'row';

    // Their day is today, or nearly.
    time.title = new Date(sample.time + options.offset).toISOString().slice(0, 23).replace('T', ' ');
    time.textContent = time.title.slice(11);
    line.append(time, ...options.fields.map(field => cell(sample, field)));
    line.classList.toggle('error', sample.error === true);
    return line;
  }

  function cell(sample, field) {
    const place = document.createElement('td');
    const value = sample[field.name];
    if (value === undefined) {
      return place;
    }

    if (field.name === 'txid') {
      const link = document.createElement('a');
      const address = new URL(options.transactions, document.baseURI);
      address.pathname += encodeURIComponent(value);
      address.searchParams.set('at', sample.time);
      link.href = address;
      link.textContent = value;
      place.append(link);
    } else if (field.isNumber) {
      place.className = 'number';
      place.textContent = field.name === 'status' ? value : value.toLocaleString('en-US', { maximumFractionDigits: 3 });
    } else {
      place.dir = 'auto';
      place.textContent = field.isFlag ? (value ? 'yes' : 'no') : field.isMap ? Object.entries(value).map(entry => entry.join('=')).join(', ') : value;
    }

    return place;
  }

  // A state that is told again is not read out again.
  function tell(text, wrong) {
    const wanted = text ?? (isPaused ? `Paused. ${waiting.length + passed} newer samples.`
      : body.childElementCount > 0 ? `The newest on top; ${options.most} are kept.` : 'Samples appear here as they are stored.');
    if (state.textContent !== wanted) {
      state.textContent = wanted;
    }

    if (wrong !== undefined && fault.textContent !== wrong) {
      fault.textContent = wrong;
    }
  }

  function note() {
    const some = isMissedUnknown ? 'Some samples were missed while the stream was not open' : '';
    const counted = hasMissed > 0 ? `${hasMissed.toLocaleString('en-US')} ${hasMissed === 1 ? 'sample' : 'samples'} too many to show` : '';
    missed.textContent = [some, counted].filter(Boolean).join('; ') + (some || counted ? '.' : '');
  }

  function lost(signal) {
    if (!signal.aborted) {
      tell('', 'The connection was lost; it is tried again.');
      again();
    }
  }

  function again() {
    clearTimeout(retry);
    retry = setTimeout(open, 2000);
  }

  function close() {
    clearTimeout(retry);
    running?.abort();
    running = null;
  }

  // A tab that nobody looks at asks for nothing.
  function turn() {
    if (options) {
      open();
    }
  }

  document.addEventListener('visibilitychange', turn);
  return {
    show(wanted) {
      options = wanted;
      lastId = '';
      waiting = [];
      passed = 0;
      hasMissed = 0;
      isMissedUnknown = false;
      body.replaceChildren();
      note();
      tell('Loading…', '');
      open();
    },
    pause(wanted) {
      isPaused = wanted;
      draw();
    },
    dispose() {
      document.removeEventListener('visibilitychange', turn);
      cancelAnimationFrame(frame);
      close();
    },
  };
}
