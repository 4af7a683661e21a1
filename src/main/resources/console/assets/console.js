// Forms that filter are sent when a choice changes. Without scripts they have a button.
document.addEventListener('change', event => {
  const form = event.target.closest('form[data-filter]');
  if (form && event.target.matches('select, input[type=checkbox], input[type=radio]')) {
    form.requestSubmit();
  }
});

// A filter whose response is no list: the browser opens it as a page, which may be a problem or a login.
for (const failure of ['htmx:responseError', 'htmx:sendError']) {
  document.addEventListener(failure, event => event.target.closest('form[data-filter]')?.submit());
}

// A form that must not be sent twice. Its key protects it without scripts.
document.addEventListener('submit', event => {
  const form = event.target.closest('form[data-once]');
  if (form) {
    if (form.dataset.sent) {
      event.preventDefault();
    }
    form.dataset.sent = 'true';
  }
});

// History: dragging over the bars selects their time. Without scripts each bar is a link.
{
  const bars = svg => [...svg.querySelectorAll('[data-from]')];
  const slot = bar => bar.querySelector('.slot');
  const edge = (bar, end) => +slot(bar).getAttribute('x') + (end ? +slot(bar).getAttribute('width') : 0);
  let drag = null;
  const barAt = (svg, x) => {
    const box = svg.getBoundingClientRect();
    const all = bars(svg);
    return Math.min(all.length - 1, Math.max(0, Math.floor((x - box.left) / box.width * all.length)));
  };
  document.addEventListener('pointerdown', event => {
    const svg = event.target.closest('svg[data-brush]');
    if (svg && event.button === 0 && event.isPrimary) {
      const at = barAt(svg, event.clientX);
      drag = { svg, first: at, last: at, rect: null };
    }
  });
  document.addEventListener('dragstart', event => {
    if (event.target.closest('svg[data-brush]')) {
      event.preventDefault();
    }
  });
  document.addEventListener('pointermove', event => {
    if (!drag) {
      return;
    }
    drag.last = barAt(drag.svg, event.clientX);
    if (!drag.rect && drag.last !== drag.first) {
      drag.rect = drag.svg.appendChild(document.createElementNS('http://www.w3.org/2000/svg', 'rect'));
      drag.rect.setAttribute('class', 'brush');
      drag.rect.setAttribute('y', '0');
      drag.rect.setAttribute('height', '120');
    }
    if (drag.rect) {
      const all = bars(drag.svg);
      const left = edge(all[Math.min(drag.first, drag.last)], false);
      drag.rect.setAttribute('x', left);
      drag.rect.setAttribute('width', edge(all[Math.max(drag.first, drag.last)], true) - left);
    }
  });
  document.addEventListener('pointerup', () => {
    if (drag && drag.rect) {
      const { svg, first, last } = drag;
      const all = bars(svg);
      const url = new URL(svg.dataset.brush, location.href);
      url.searchParams.set('from', all[Math.min(first, last)].dataset.from);
      url.searchParams.set('to', all[Math.max(first, last)].dataset.to);
      svg.addEventListener('click', event => event.preventDefault(), { once: true, capture: true });
      location.assign(url);
    }
    drag = null;
  });
  document.addEventListener('pointercancel', () => {
    drag?.rect?.remove();
    drag = null;
  });
}

// Live history: says whether the stream is open, keeps the newest rows, and goes on where it was.
{
  // A connection that is lost is made again before that, unless something is wrong.
  const lostAfter = 10_000;
  let lost = null;
  const state = text => {
    const element = document.getElementById('stream-state');
    if (element) {
      element.textContent = text;
    }
  };
  document.addEventListener('htmx:sseOpen', () => {
    clearTimeout(lost);
    lost = null;
    state('Live: new events appear by themselves.');
  });
  document.addEventListener('htmx:sseError', () => {
    lost ??= setTimeout(() => state('Connection lost. The page tries to connect again.'), lostAfter);
  });
  document.addEventListener('htmx:sseMessage', event => {
    const rows = event.target;
    // A new connection of the browser sends the last id itself. One of the extension does not.
    const url = new URL(rows.getAttribute('sse-connect'), location.href);
    url.searchParams.set('afterSeq', event.detail.lastEventId);
    rows.setAttribute('sse-connect', url.pathname + url.search);
    while (rows.children.length > +rows.dataset.most) {
      rows.lastElementChild.remove();
    }
  });
}
