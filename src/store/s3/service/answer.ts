/** Whether a 200 is the answer to what was asked: a service may say an error with it, and a web page comes with it too. */
import { Foreign, Refusal } from './fault.ts';
import { text } from './xml.ts';

/** The answer, whose root is named. Throws a Refusal where it is an error, Foreign where it is something else. */
export function answerOf(body: Uint8Array, root: string): string {
  const xml = body.toString();
  if (xml.includes(`<${root}`)) {
    if (xml.includes(`</${root}>`)) return xml;
    throw new Error('its answer was cut off');
  }
  const code = xml.includes('<Error>') ? text(xml, 'Code') : undefined;
  if (code === undefined) throw new Foreign();
  throw new Refusal(500, code, text(xml, 'Message') ?? '');
}
