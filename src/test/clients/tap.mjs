import http from 'node:http';

/** Forwards requests to a server and remembers the status of each response, or `cut` if none came. */
export async function tap(target) {
  const { hostname, port } = new URL(target);
  let answers = [];
  const server = http.createServer((request, response) => {
    const entry = { status: 'cut' };
    answers.push(entry);
    const { method, url: path, headers } = request;
    const onward = http.request({ hostname, port, method, path, headers }, (answer) => {
      entry.status = answer.statusCode;
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    response.on('close', () => onward.destroy());
    request.pipe(onward);
  });
  await new Promise((resolve) => server.listen(0, 'localhost', resolve));
  return {
    url: `http://localhost:${server.address().port}`,
    answers: () => answers.map((entry) => entry.status),
    forget: () => (answers = []),
  };
}
