import { close } from './libc.ts';

/** A descriptor that is closed when its scope ends. */
export class Opened implements Disposable {
  readonly fd: number;

  constructor(fd: number) {
    this.fd = fd;
  }

  [Symbol.dispose](): void {
    close(this.fd);
  }
}
