package dev.myelin;

import dev.myelin.io.AtomicFile;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * When a device did what, and for how long: {@link Backends#open(String, BackendOptions, Profile)}.
 *
 * <p>After every operation the device is waited for, since on one that works asynchronously a
 * duration would be that of a launch. So a profiled run is slower than others, and its gaps are the
 * host's; captured work is replayed operation by operation, so that they are seen. Its results are
 * the same, bit for bit.
 *
 * <p>Memory is bounded: of the events, the first and the last are kept, {@value #DEFAULT_CAPACITY}
 * unless said otherwise, and {@link #droppedEvents} says how many between them are not. Threads may
 * add events side by side.
 */
public final class Profile {
  /** Some 40 bytes each, as a file 200. */
  public static final int DEFAULT_CAPACITY = 100_000;

  /** How every file begins that {@link #writeTimeline} has written. */
  public static final String TIMELINE_BEGINNING = "{\"otherData\":{\"generator\":\"myelin\",";

  /** What lies beside each other in a timeline. On one track, events never overlap in part. */
  public enum Track {
    /** What the program adds: epochs, validation. */
    PHASES,
    /** Replays of captured work: training's steps. */
    STEPS,
    OPERATIONS,
    /** Uploads and downloads. */
    TRANSFERS,
    /** Uploads while the device computes, for as long as their thread was busy with them. */
    UPLOADS_BESIDE
  }

  /**
   * Something that took time.
   *
   * @param name of an operation: that of its method in {@link Ops}
   * @param beginNanos since the profile was made
   * @param elapsedNanos until the device was done
   * @param bytes of all tensors together, each read or written once; 0 where there are none
   * @param details of an operation or transfer: its tensors' names and shapes ("0.weight [64, 2]")
   *     by the parameter's name in {@link Ops}; of a step: its number, from 1
   */
  public record Event(
      Track track,
      String name,
      long beginNanos,
      long elapsedNanos,
      long bytes,
      Map<String, String> details) {}

  private final long originNanos = System.nanoTime();
  private final int firstCapacity;
  private final int lastCapacity;
  private final List<Event> first = new ArrayList<>();
  private final ArrayDeque<Event> last = new ArrayDeque<>();

  /** The same few tensors come in every step; each list of them is kept once. */
  private final Map<Map<String, String>, Map<String, String>> knownDetails = new HashMap<>();

  private long steps;
  private long droppedSteps;
  private long droppedEvents;
  private String device = "";

  /** Keeps {@value #DEFAULT_CAPACITY} events. */
  public Profile() {
    this(DEFAULT_CAPACITY);
  }

  /**
   * @param capacity how many events are kept, half of them the first ones; at least 2
   */
  public Profile(int capacity) {
    if (capacity < 2) {
      throw new IllegalArgumentException("capacity must be at least 2, but is " + capacity);
    }
    firstCapacity = capacity / 2;
    lastCapacity = capacity - firstCapacity;
  }

  /** Nanoseconds since the profile was made. */
  public long nanos() {
    return System.nanoTime() - originNanos;
  }

  /**
   * Adds a phase of the program's own: an epoch, the validation within it. Phases lie apart or
   * within each other.
   */
  public void addPhase(String name, long beginNanos, long endNanos) {
    add(new Event(Track.PHASES, name, beginNanos, endNanos - beginNanos, 0, Map.of()));
  }

  /** A replay of captured work is over. */
  synchronized void addStep(long beginNanos, long endNanos) {
    steps++;
    Map<String, String> number = Map.of("number", Long.toString(steps));
    add(new Event(Track.STEPS, "step", beginNanos, endNanos - beginNanos, 0, number));
  }

  synchronized void add(
      Track track,
      String name,
      long beginNanos,
      long endNanos,
      long bytes,
      Map<String, String> tensors) {
    Map<String, String> known = knownDetails.putIfAbsent(tensors, tensors);
    add(
        new Event(
            track,
            name,
            beginNanos,
            endNanos - beginNanos,
            bytes,
            known == null ? tensors : known));
  }

  private synchronized void add(Event event) {
    if (first.size() < firstCapacity) {
      first.add(event);
      return;
    }
    last.add(event);
    if (last.size() > lastCapacity) {
      droppedEvents++;
      droppedSteps += last.remove().track() == Track.STEPS ? 1 : 0;
    }
  }

  void setDevice(DeviceInfo info) {
    device = info.id() + ": " + info.name();
  }

  /** What the events are of: "cpu: AMD EPYC"; empty before a backend was opened with it. */
  public String device() {
    return device;
  }

  /** What was kept, in the order in which it began; what lies around another event before that. */
  public synchronized List<Event> events() {
    List<Event> events = new ArrayList<>(first);
    events.addAll(last);
    events.sort(
        Comparator.comparingLong(Event::beginNanos)
            .thenComparing(Comparator.comparingLong(Event::elapsedNanos).reversed()));
    return Collections.unmodifiableList(events);
  }

  /** How many events are not among {@link #events}, for lack of room. */
  public synchronized long droppedEvents() {
    return droppedEvents;
  }

  /** How many of {@link #droppedEvents} are steps. */
  public synchronized long droppedSteps() {
    return droppedSteps;
  }

  /** How many steps are among {@link #events}. */
  public synchronized long keptSteps() {
    return steps - droppedSteps;
  }

  /** Where the dropped events would be: the end of the last event before them. */
  synchronized long droppedFromNanos() {
    Event before = first.get(first.size() - 1);
    return before.beginNanos() + before.elapsedNanos();
  }

  /**
   * Writes a timeline that ui.perfetto.dev and chrome://tracing open, in the Trace Event Format of
   * Chrome: one complete event a line, microseconds, a named track for each {@link Track}. What was
   * dropped is said in it.
   *
   * @throws java.io.UncheckedIOException when it cannot be written; a file that was there before is
   *     untouched
   */
  public void writeTimeline(Path file) {
    AtomicFile.write(file, out -> new Timeline(this).writeTo(out));
  }
}
