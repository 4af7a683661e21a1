// A person who has no mouse.
import { check } from './faults.mjs';

/** More than any page has. */
const MOST_TABS = 400;

export class Keyboard {
  constructor(page) {
    this.page = page;
  }

  /** Presses Tab until one of some elements has the focus, which has to be visible. */
  async tabTo(selector) {
    const wanted = await this.page.$$(selector);
    for (let i = 0; wanted.length > 0 && i < MOST_TABS; i++) {
      await this.page.keyboard.press('Tab');
      const focus = await this.page.evaluate(elements => {
        const style = getComputedStyle(document.activeElement);
        return {
          isThere: elements.includes(document.activeElement),
          isVisible: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0,
        };
      }, wanted);
      if (focus.isThere) {
        check(focus.isVisible, `${this.page.url()}: the focus on ${selector} is not visible`);
        return;
      }
    }
    throw new Error(`${this.page.url()}: no Tab leads to ${selector}`);
  }

  async type(selector, text) {
    await this.tabTo(selector);
    await this.page.keyboard.type(text);
  }

  /** Presses a link or a button, and waits for the page that it leads to. */
  async follow(selector) {
    await this.tabTo(selector);
    await Promise.all([this.page.waitForEvent('load'), this.page.keyboard.press('Enter')]);
  }

  /** Opens what a summary hides, unless it is open. */
  async open(selector) {
    await this.tabTo(selector);
    if (!(await this.page.evaluate(() => document.activeElement.parentElement.open))) {
      await this.page.keyboard.press('Enter');
    }
  }

  /** Fills a field as its kind wants it. */
  async fill(selector, value) {
    await this.tabTo(selector);
    const kind = await this.page.evaluate(() => document.activeElement.type);
    if (kind === 'checkbox') {
      await this.page.keyboard.press('Space');
    } else if (kind === 'date' || kind === 'datetime-local') {
      const [year, month, day] = value.split('-');
      await this.page.keyboard.type(month + day + year);
      if (kind === 'datetime-local') {
        // A year may have more digits.
        await this.page.keyboard.press('Tab');
        await this.page.keyboard.type('1000AM');
      }
    } else {
      await this.page.keyboard.type(value);
    }
  }
}
