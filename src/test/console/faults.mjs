// What is not as it should be.
let faults = 0;

export function fault(text) {
  faults++;
  console.error('FAULT', text);
}

export function check(condition, text) {
  if (!condition) {
    fault(text);
  }
}

export const count = () => faults;
