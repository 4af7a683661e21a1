package dev.rekey.documents;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A page of the documentation, in Markdown. */
record Page(Path path, List<String> lines, List<Element> elements) {

  /** Every page whose commands run, in the order in which they run. */
  static List<Page> all() {
    try (Stream<Path> documents = Files.list(Path.of("docs"))) {
      return Stream.of(
              Stream.of(Path.of("README.md")),
              documents.filter(path -> path.toString().endsWith(".md")).sorted(),
              Stream.of(
                  Path.of("helm", "rekey", "README.md"),
                  Path.of("CHANGELOG.md"),
                  Path.of("CONTRIBUTING.md"),
                  Path.of("RATIONALE.md"),
                  Path.of("SECURITY.md")))
          .flatMap(paths -> paths)
          .map(Page::read)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Page read(Path path) {
    try {
      return of(path, Files.readAllLines(path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Page of(Path path, List<String> lines) {
    var elements = new ArrayList<Element>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (line.startsWith("```")) {
        Fence fence = fence(path, lines, i);
        elements.add(fence);
        i = fence.end() - 1;
      } else if (line.startsWith("<!--")) {
        Comment comment = comment(path, lines, i);
        elements.add(comment);
        i += comment.text().size() - 1;
      } else if (!line.isEmpty()) {
        elements.add(new Element.Prose(i + 1));
      }
    }
    return new Page(path, lines, elements);
  }

  private static Fence fence(Path path, List<String> lines, int first) {
    String opening = lines.get(first);
    var text = new ArrayList<String>();
    for (int i = first + 1; i < lines.size(); i++) {
      if (lines.get(i).strip().equals("```")) {
        return new Fence(first + 1, opening.strip().substring(3).strip(), text);
      }
      text.add(without(indent(opening), lines.get(i)));
    }
    throw new IllegalArgumentException(path + ":" + (first + 1) + " is not closed");
  }

  private static int indent(String line) {
    return line.length() - line.stripLeading().length();
  }

  /** Blocks in a list are indented as its items are. */
  private static String without(int indent, String line) {
    return line.substring(Math.min(indent, indent(line)));
  }

  private static Comment comment(Path path, List<String> lines, int first) {
    int indent = indent(lines.get(first));
    var text = new ArrayList<String>();
    for (int i = first; i < lines.size(); i++) {
      String line = without(indent, lines.get(i));
      line = i == first ? line.substring(4) : line;
      if (line.contains("-->")) {
        text.add(line.substring(0, line.indexOf("-->")));
        return described(first + 1, text);
      }
      text.add(line);
    }
    throw new IllegalArgumentException(path + ":" + (first + 1) + " is not closed");
  }

  private static Comment described(int line, List<String> text) {
    String opening = text.getFirst();
    int colon = opening.indexOf(':');
    if (colon < 0) {
      return new Comment(line, opening.strip(), text);
    }
    text.set(0, opening.substring(colon + 1).strip());
    return new Comment(line, opening.substring(0, colon).strip(), text);
  }

  List<Fence> fences() {
    return elements.stream().filter(Fence.class::isInstance).map(Fence.class::cast).toList();
  }

  /** Its commands, in order. */
  List<Commands> commands() {
    var found = new ArrayList<Commands>();
    for (int i = 0; i < elements.size(); i++) {
      if (elements.get(i) instanceof Fence fence) {
        Commands.of(fence, commentsBefore(i), next(i)).ifPresent(found::add);
      }
    }
    return found;
  }

  /** The blocks that readers save as a file, by its name. */
  Map<String, Fence> files() {
    var files = new HashMap<String, Fence>();
    for (int i = 1; i < elements.size(); i++) {
      if (elements.get(i) instanceof Fence fence
          && elements.get(i - 1) instanceof Comment comment
          && comment.is("file")) {
        files.put(comment.joined(), fence);
      }
    }
    return files;
  }

  private List<Comment> commentsBefore(int index) {
    var comments = new ArrayList<Comment>();
    for (int i = index - 1; i >= 0 && elements.get(i) instanceof Comment comment; i--) {
      comments.addFirst(comment);
    }
    return comments;
  }

  private Element next(int index) {
    return index + 1 < elements.size()
        ? elements.get(index + 1)
        : new Element.Prose(lines.size() + 1);
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
