// Feeds the chart library with what the API gives, and hands back what is selected. Streams are read in live.js.

/** Says that a request is of the page itself, where the browser does not. */
export const header = { 'x-timeseries-page': '1' };
const liveMilliseconds = 1000;

// More lines than these nobody tells apart.
const mostGroups = 10;

/** What only the browser knows. */
export function facts() {
  return {
    zone: Intl.DateTimeFormat().resolvedOptions().timeZone || '',
    offsetMinutes: -new Date().getTimezoneOffset(),
  };
}

/** Tells the page whether somebody sees it, now and whenever that changes. Its keys: / searches, ? shows the keys. */
export function watch(page) {
  const tell = () => page.invokeMethodAsync('SetVisible', !document.hidden).catch(() => { /* The connection is lost; the page comes back by itself. */ });
  document.addEventListener('visibilitychange', tell);
  document.addEventListener('keydown', press => {
    if (press.ctrlKey || press.metaKey || press.altKey || press.target.closest('input, select, textarea, dialog')) {
      return;
    }

    if (press.key === '/') {
      press.preventDefault();
      (document.getElementById('search') || document.getElementById('agent')).focus();
    } else if (press.key === '?') {
      document.getElementById('keys').showModal();
    }
  });
  tell();
}

/** Copies the text of an input; where a page may not, selects it. */
export async function copy(input) {
  input.select();
  try {
    await navigator.clipboard.writeText(input.value);
    return true;
  } catch {
    // Over plain HTTP from another machine browsers have no clipboard but this.
    return document.execCommand('copy');
  }
}

// The colours of a few and of many, between which those of a bin lie.
const blues = [[0x9e, 0xca, 0xe1], [0x31, 0x82, 0xbd], [0x08, 0x51, 0x9c]];
const reds = [[0xfc, 0x92, 0x72], [0xde, 0x2d, 0x26], [0xa5, 0x0f, 0x15]];

// Paints the bins of a heat map, errors on top, as a picture of a size: the chart library makes an object of each bin, which took it 0.3 s for 30,000.
function bins(body, columns) {
  const rows = body.yEdges.length;
  const most = Math.max(2, body.count.reduce((greatest, bin) => Math.max(greatest, bin[2]), 1));
  return (wide, high) => {
    const picture = document.createElement('canvas');
    const width = picture.width = Math.max(1, Math.round(wide * devicePixelRatio));
    const height = picture.height = Math.max(1, Math.round(high * devicePixelRatio));
    const context = picture.getContext('2d');
    const image = context.createImageData(width, height);
    const dots = new Uint32Array(image.data.buffer);
    for (const [all, colours] of [[body.count, blues], [body.errors, reds]]) {
      for (const [x, y, n] of all) {
        const place = 2 * (n - 1) / (most - 1);
        const below = colours[Math.min(1, Math.floor(place))];
        const above = colours[Math.min(1, Math.floor(place)) + 1];
        const part = place - Math.min(1, Math.floor(place));
        const [red, green, blue] = below.map((from, i) => Math.round(from + (above[i] - from) * part));
        const colour = (255 << 24 | blue << 16 | green << 8 | red) >>> 0;
        const end = Math.max(Math.floor(x * width / columns) + 1, Math.floor((x + 1) * width / columns));
        const top = height - Math.max(Math.floor(y * height / rows) + 1, Math.floor((y + 1) * height / rows));
        for (let line = top; line < height - Math.floor(y * height / rows); line += 1) {
          dots.fill(colour, line * width + Math.floor(x * width / columns), line * width + end);
        }
      }
    }

    context.putImageData(image, 0, 0);
    return picture;
  };
}

// What charts fetch at this moment, by address: those that show parts of the same share it.
const fetched = new Map();

// The response of an address, with its text: of a request that goes on already, or of a new one. It ends when all left who wait for it.
function share(url, signal) {
  let shared = fetched.get(url);
  if (!shared) {
    const end = new AbortController();
    shared = { end, waiting: 0 };
    shared.response = fetch(url, { headers: header, signal: end.signal })
      .then(async response => ({ response, text: await response.text() }))
      .finally(() => forget(url, shared));
    fetched.set(url, shared);
  }

  const own = shared;
  own.waiting += 1;
  signal.addEventListener('abort', () => {
    own.waiting -= 1;
    if (own.waiting === 0) {
      forget(url, own);
      own.end.abort();
    }
  }, { once: true });
  return own.response;
}

function forget(url, shared) {
  if (fetched.get(url) === shared) {
    fetched.delete(url);
  }
}

/** A chart in an element, whose state (loading, empty, failed) is told in another, what it leaves out in a third, and what is missing in a fourth. */
export function chart(element, state, page, note, lost) {
  const drawn = echarts.init(element, matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : null, { renderer: 'canvas' });
  const resize = new ResizeObserver(() => drawn.resize());
  resize.observe(element);
  let options = null;
  let timer = 0;
  let running = null;

  // What is drawn anew would end a drag in it.
  let isDragged = false;
  element.addEventListener('pointerdown', ({ button }) => {
    // Of other buttons a menu may take the end.
    isDragged = button === 0;
    const released = new AbortController();
    ['pointerup', 'pointercancel'].forEach(end => addEventListener(end, () => {
      released.abort();
      setTimeout(() => { isDragged = false; });
    }, { signal: released.signal }));
  });

  async function load() {
    clearTimeout(timer);
    running?.abort();
    running = new AbortController();
    const signal = running.signal;
    let stands = 0;
    try {
      const { response, text } = await share(options.url, signal);
      if (signal.aborted) {
        return;
      }

      if (response.status === 401) {
        location.reload();
        return;
      }

      if (isDragged) {
        timer = setTimeout(load, liveMilliseconds);
        return;
      }

      // The server says how long this stands, and for how long it has.
      stands = Number(response.headers.get('x-stands-ms')) - Number(response.headers.get('age')) * 1000;
      const body = JSON.parse(text);

      const missing = response.headers.get('x-lost-samples');
      lost.textContent = missing
        ? `${missing === 'unknown' ? 'Samples' : `Up to ${Number(missing).toLocaleString('en')} samples`} of this range are missing: their files are damaged.`
        : '';
      if (!response.ok) {
        tell(body.detail || `The server responded ${response.status}.`, true);
      } else if (options.form === 'heatmap') {
        heatmap(body);
      } else if (options.form === 'bars') {
        bars(body);
      } else {
        series(body);
      }
    } catch (failure) {
      if (signal.aborted) {
        return;
      }

      tell('The server can’t be reached; this is tried again.', true);
      timer = setTimeout(load, liveMilliseconds);
      return;
    }

    if (options.isLive) {
      timer = setTimeout(again, Math.max(liveMilliseconds, stands));
    }
  }

  // A tab that nobody looks at asks for nothing.
  function again() {
    if (document.hidden) {
      document.addEventListener('visibilitychange', load, { once: true });
    } else {
      load();
    }
  }

  function tell(text, isFault) {
    state.textContent = text;
    state.classList.toggle('fault', isFault);
    element.style.visibility = text ? 'hidden' : '';
  }

  // Says when there was something, where that is known.
  async function tellEmpty() {
    const shown = options;
    if (!shown.empty) {
      const asked = new URLSearchParams(shown.url.slice(shown.url.indexOf('?')));
      const newest = new URLSearchParams({ kind: asked.get('kind'), from: 0, to: 'now', limit: 1 });
      asked.getAll('where').forEach(condition => newest.append('where', condition));
      const response = await fetch(`api/v1/samples?${newest}`, { headers: header }).catch(() => null);
      const found = response?.ok ? (await response.json()).samples[0] : null;
      shown.empty = `No samples in this range${found ? `; the newest is of ${clock(found.time)}` : ''}.`;
    }

    if (shown === options) {
      tell(shown.empty, false);
    }
  }

  // Times are drawn as those of UTC, moved by the zone's offset at the begin of the range: an hour is as long as any other where clocks change.
  function at(milliseconds) {
    return milliseconds + options.offsets[0][1];
  }

  // A moment as the zone's clocks show it then.
  function clock(milliseconds) {
    const [, offset] = options.offsets.findLast(([from]) => from <= milliseconds) ?? options.offsets[0];
    return new Date(milliseconds + offset).toISOString().slice(0, 19).replace('T', ' ');
  }

  // The axis of times. Where clocks change in the range, its places are no longer what they show.
  function times(body) {
    const axis = { type: 'time', min: at(body.from), max: at(body.to) };
    if (options.offsets.length > 1) {
      const show = place => clock(place - options.offsets[0][1]);
      axis.axisLabel = { hideOverlap: true, formatter: place => show(place).slice(5, 16) };
      axis.axisPointer = { label: { formatter: ({ value }) => show(value) } };
    }

    return axis;
  }

  function common() {
    return { animation: false, useUTC: true, backgroundColor: 'transparent', grid: { left: 60, right: 16, top: 32, bottom: 28 } };
  }

  // A window without samples has no row: there were none of what is counted, and nothing is known of the rest.
  function points(rows, time, column, step, name) {
    const absent = name === 'rate' || name === 'count' ? 0 : null;
    const all = [];
    rows.forEach((row, i) => {
      const before = i > 0 ? rows[i - 1][time] : row[time];
      if (row[time] - before > step) {
        all.push([at(before + step), absent], [at(row[time] - step), absent]);
      }

      all.push([at(row[time]), row[column]]);
    });
    return all;
  }

  // The rows of each group, of those with the greatest values of a column. Says what is left out.
  function groups(body, column) {
    const names = body.columns.map(each => each.name);
    const keys = options.by.split(',').map(name => names.indexOf(name));
    const all = new Map();
    for (const row of body.rows) {
      const values = keys.map(key => row[key]);
      const id = JSON.stringify(values);
      const group = all.get(id) ?? { title: values.map(value => value ?? '(none)').join(', '), rows: [], most: -Infinity };
      group.rows.push(row);
      group.most = Math.max(group.most, row[column] ?? -Infinity);
      all.set(id, group);
    }

    const shown = [...all.values()].sort((left, right) => right.most - left.most).slice(0, mostGroups);
    const number = count => count.toLocaleString('en');
    note.textContent = [
      all.size > shown.length ? `The ${shown.length} of ${number(all.size)} groups with the greatest values.` : '',
      body.total > body.rows.length ? `From the first ${number(body.rows.length)} of ${number(body.total)} rows.` : '',
    ].join(' ').trim();
    return shown;
  }

  function series(body) {
    const columns = body.columns.map(column => column.name);
    if (body.rows.length === 0) {
      tellEmpty();
      return;
    }

    tell('', false);
    const time = columns.indexOf('time');
    const step = parseInt(body.window, 10) * { s: 1e3, m: 6e4, h: 36e5, d: 864e5 }[body.window.at(-1)];
    const [first] = options.columns;
    const lines = options.by
      ? groups(body, columns.indexOf(first.name)).map(group => ({
        title: group.title, name: first.name, rows: group.rows.sort((left, right) => left[time] - right[time]),
      }))
      : options.columns.map(column => ({ title: column.title, name: column.name, rows: body.rows }));
    drawn.setOption({
      ...common(),
      tooltip: { trigger: 'axis' },
      legend: { show: lines.length > 1, top: 0, type: 'scroll' },
      xAxis: times(body),
      yAxis: { type: 'value', min: 0 },
      series: lines.map((line, index) => ({
        markLine: index > 0 || options.threshold == null ? undefined
          : { silent: true, symbol: 'none', lineStyle: { color: '#d62728' }, data: [{ yAxis: options.threshold }] },
        name: line.title, type: 'line', showSymbol: line.rows.length < 3, sampling: 'lttb',
        data: points(line.rows, time, columns.indexOf(line.name), step, line.name),
      })),
    }, true);
  }

  // A bar a group, the greatest on top.
  function bars(body) {
    if (body.rows.length === 0) {
      tellEmpty();
      return;
    }

    tell('', false);
    const column = body.columns.findIndex(each => each.name === options.columns[0].name);
    const shown = groups(body, column).reverse();
    drawn.setOption({
      ...common(),
      grid: { left: 8, right: 24, top: 8, bottom: 8, containLabel: true },
      tooltip: {},
      xAxis: { type: 'value' },
      yAxis: { type: 'category', data: shown.map(group => group.title), axisLabel: { width: 160, overflow: 'truncate' } },
      series: [{ type: 'bar', data: shown.map(group => group.rows[0][column]) }],
    }, true);
  }

  function heatmap(body) {
    if (body.total === 0) {
      tellEmpty();
      return;
    }

    tell('', false);
    const xs = Array.from({ length: Math.ceil((body.to - body.from) / body.xStep) }, (_, i) => body.from + i * body.xStep);
    const width = xs.length;
    const shown = [['transactions', body.count], ['errors', body.errors]].map(([name, bins]) => ({ name, of: new Map(bins.map(([x, y, n]) => [y * width + x, n])) }));
    const painted = bins(body, width);
    let pointer = [0, 0];
    drawn.getZr().off('mousemove');
    drawn.getZr().on('mousemove', move => { pointer = [move.offsetX, move.offsetY]; });
    drawn.setOption({
      ...common(),
      tooltip: {
        formatter() {
          const [x, y] = drawn.convertFromPixel({ gridIndex: 0 }, pointer);
          const counts = shown.filter(each => each.of.has(y * width + x)).map(each => `${each.of.get(y * width + x)} ${each.name}`);
          return counts.length > 0 ? `${clock(xs[x])}, from ${body.yEdges[y]} ms: ${counts.join(', ')}` : '';
        },
      },
      xAxis: { type: 'category', data: xs, axisLabel: { hideOverlap: true, formatter: value => clock(Number(value)).slice(5, 16) } },
      yAxis: {
        type: 'category', data: body.yEdges,
        axisLabel: { interval: Math.ceil(body.yEdges.length / 14), formatter: value => Number(Number(value).toPrecision(2)) },
      },
      toolbox: { show: false },
      brush: options.canChoose ? { toolbox: [], xAxisIndex: 0, brushType: 'rect', transformable: false } : undefined,
      series: [{
        // Without a place in depth the library warns while somebody drags.
        type: 'custom', z: 2, zlevel: 0, data: [[0, 0]],
        renderItem({ coordSys: { x, y, width, height } }) {
          return { type: 'image', style: { image: painted(width, height), x, y, width, height } };
        },
      }],
    }, true);
    if (options.canChoose) {
      drawn.dispatchAction({ type: 'takeGlobalCursor', key: 'brush', brushOption: { brushType: 'rect', brushMode: 'single' } });
      drawn.off('brushEnd');
      drawn.on('brushEnd', chosen => {
        const [area] = chosen.areas;
        if (area) {
          const [[x0, x1], [y0, y1]] = area.coordRange;
          page.invokeMethodAsync('Choose', body.from + x0 * body.xStep, Math.min(body.to, body.from + (x1 + 1) * body.xStep),
            body.yEdges[y0], y1 + 1 < body.yEdges.length ? body.yEdges[y1 + 1] : null);
        }
      });
    }
  }

  return {
    show(wanted) {
      options = wanted;
      load();
    },
    dispose() {
      clearTimeout(timer);
      running?.abort();
      resize.disconnect();
      drawn.dispose();
    },
  };
}
