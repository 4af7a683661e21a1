package dev.rekey.bench;

import java.util.ArrayList;
import java.util.List;

/** The memory of each program after its ladder. */
final class Memory {

  private final List<String> rows = new ArrayList<>();

  void add(String program, String after, long pid) {
    rows.add("| %s | %s | %d MiB |%n".formatted(program, after, CpuTime.resident(pid) >> 20));
  }

  /** A table in Markdown. */
  @Override
  public String toString() {
    return "\n### Resident memory\n\n| program | after | VmRSS |\n| --- | --- | ---: |\n"
        + String.join("", rows);
  }
}
