package dev.rekey.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class OrderedTasksTest {

  @Test
  void resultsComeInTheOrderOfTheTasks() throws Exception {
    var second = new CountDownLatch(1);
    List<Callable<Integer>> list =
        List.of(
            () -> {
              second.await();
              return 1;
            },
            () -> {
              second.countDown();
              return 2;
            });
    try (var tasks = new OrderedTasks<Integer>(2)) {
      tasks.addAll(list.iterator());

      assertThat(tasks.peek()).isEqualTo(1);
      assertThat(tasks.next()).isEqualTo(1);
      assertThat(tasks.next()).isEqualTo(2);
      assertThat(tasks.next()).isNull();
    }
  }

  @Test
  void unreadResultsAreLimited() throws Exception {
    var started = new AtomicInteger();
    try (var tasks = new OrderedTasks<Integer>(2)) {
      tasks.addAll(
          IntStream.range(0, 100)
              .<Callable<Integer>>mapToObj(_ -> started::incrementAndGet)
              .iterator());
      assertThat(tasks.next()).isNotNull();
      assertThat(tasks.peek()).isNotNull();

      assertThat(started).hasValueLessThanOrEqualTo(4);
    }
  }

  @Test
  void exceptionsOfTasksAreThrown() {
    try (var tasks = new OrderedTasks<Integer>(1)) {
      tasks.addAll(
          List.<Callable<Integer>>of(
                  () -> {
                    throw new IOException("unreadable");
                  })
              .iterator());

      assertThatThrownBy(tasks::next).isInstanceOf(IOException.class).hasMessage("unreadable");
    }
  }
}
