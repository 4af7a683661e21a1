package dev.rekey.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The CPU time and memory of processes, from Linux's {@code /proc}. */
final class CpuTime {

  /** Linux shows times in hundredths of a second. */
  private static final double TICKS_PER_SECOND = 100;

  /** Linux shows 15 letters of "C2 CompilerThread0". */
  private static final Pattern COMPILER = Pattern.compile("\\(C[12] CompilerThre");

  // Positions after the name of the program (proc(5)).
  private static final int USER = 11;
  private static final int CHILDREN_SYSTEM = 14;

  private CpuTime() {}

  /** Seconds of a process and its children, those that have ended included. */
  static double ofTree(long pid) {
    long children = children(pid).mapToLong(child -> ticks(child, USER, USER + 1)).sum();
    return (ticks(pid, USER, CHILDREN_SYSTEM) + children) / TICKS_PER_SECOND;
  }

  /** Seconds of the processes that this JVM started and that have ended. */
  static double ofEndedChildren() {
    return ticks(ProcessHandle.current().pid(), USER + 2, CHILDREN_SYSTEM) / TICKS_PER_SECOND;
  }

  /** Seconds of a JVM's threads that compile. */
  static double ofCompilers(long pid) {
    try (Stream<Path> threads = Files.list(Path.of("/proc/" + pid + "/task"))) {
      return threads.mapToLong(CpuTime::ticksOfCompiler).sum() / TICKS_PER_SECOND;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long ticksOfCompiler(Path thread) {
    String stat = stat(thread.resolve("stat"));
    return COMPILER.matcher(stat).find() ? ticks(fields(stat), USER, USER + 1) : 0;
  }

  /** VmRSS: the memory of a process that is in RAM, in bytes. */
  static long resident(long pid) {
    try (Stream<String> lines = Files.lines(Path.of("/proc/" + pid + "/status"))) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<Long> children(long pid) {
    return ProcessHandle.of(pid).stream().flatMap(ProcessHandle::children).map(ProcessHandle::pid);
  }

  private static long ticks(long pid, int first, int last) {
    return ticks(fields(stat(Path.of("/proc/" + pid + "/stat"))), first, last);
  }

  private static long ticks(String[] fields, int first, int last) {
    long sum = 0;
    for (int i = first; i <= last && i < fields.length; i++) {
      sum += Long.parseLong(fields[i]);
    }
    return sum;
  }

  /** Empty if the process or thread has ended. */
  private static String stat(Path file) {
    try {
      return Files.readString(file);
    } catch (NoSuchFileException e) {
      return "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String[] fields(String stat) {
    return stat.isEmpty()
        ? new String[0]
        : stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
  }
}
