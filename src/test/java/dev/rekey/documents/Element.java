package dev.rekey.documents;

/** A part of a page. Blank lines between two parts do not matter. */
sealed interface Element permits Fence, Comment, Element.Prose {

  /** A line of text. */
  record Prose(int line) implements Element {}
}
