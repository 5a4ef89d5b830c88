import { expect, test } from '@jest/globals';
import type { HttpResponse } from '../../../../src/platform/http/send.js';
import { createSlowRequests } from '../../../../src/platform/http/time-limits.js';
import { toResponse } from '../../../support/fakes/fake-send.js';
import { manualSchedule } from '../../../support/fakes/manual-schedule.js';

type Report = { readonly hosts: readonly string[]; readonly seconds: number } | undefined;

/** Creates a network whose responses arrive when a test resolves them. */
function createTestNetwork() {
  const { clock, schedule, pass, pending } = manualSchedule();
  const reports: Report[] = [];
  const { withNotice, stop } = createSlowRequests({
    clock,
    schedule,
    show: (slow) => reports.push(slow),
  });
  const respond: ((response: HttpResponse) => void)[] = [];
  const fail: ((error: Error) => void)[] = [];
  const send = withNotice(
    () =>
      new Promise((resolve, reject) => {
        respond.push(resolve);
        fail.push(reject);
      }),
  );
  const get = (host: string) => send({ method: 'GET', url: `https://${host}/v1/clusters` });
  return { get, respond, fail, pass, pending, reports, stop };
}

test('shows nothing if the response arrives within 5 s, and leaves no timer', async () => {
  const { get, respond, pass, pending, reports } = createTestNetwork();
  const sending = get('api:9021');
  pass(4);
  respond[0]?.(toResponse({}));
  await (await sending).text();
  pass(60);
  expect([reports, pending()]).toEqual([[], 0]);
});

test('shows the host after 5 s, updates the time every second, and removes it after the response', async () => {
  const { get, respond, pass, pending, reports } = createTestNetwork();
  const sending = get('api:9021');
  pass(7);
  respond[0]?.(toResponse({}));
  await sending;
  const hosts = ['api:9021'];
  expect(reports).toEqual([
    { hosts, seconds: 5 },
    { hosts, seconds: 6 },
    { hosts, seconds: 7 },
    undefined,
  ]);
  expect(pending()).toBe(0);
});

test('shows each host once, with the time of the oldest request that is left', async () => {
  const { get, respond, pass, reports } = createTestNetwork();
  const sent = [get('api:9021'), get('api:9021')];
  pass(2);
  sent.push(get('uaa:8443'));
  pass(6);
  expect(reports.at(-1)).toEqual({ hosts: ['api:9021', 'uaa:8443'], seconds: 8 });
  respond[0]?.(toResponse({}));
  respond[1]?.(toResponse({}));
  await Promise.all(sent.slice(0, 2));
  expect(reports.at(-1)).toEqual({ hosts: ['uaa:8443'], seconds: 6 });
});

test('shows the host while the body does not arrive', async () => {
  const { get, respond, pass, reports } = createTestNetwork();
  const sending = get('api:9021');
  let arrive: (text: string) => void = () => undefined;
  const text = new Promise<string>((resolve) => (arrive = resolve));
  respond[0]?.({ ...toResponse({}), text: () => text });
  const reading = (await sending).text();
  pass(5);
  expect(reports).toEqual([{ hosts: ['api:9021'], seconds: 5 }]);
  arrive('[]');
  expect(await reading).toBe('[]');
  expect(reports.at(-1)).toBeUndefined();
});
