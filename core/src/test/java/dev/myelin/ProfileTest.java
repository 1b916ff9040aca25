package dev.myelin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.myelin.Profile.Event;
import dev.myelin.Profile.Track;
import dev.myelin.io.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is written down of a device's work, and what becomes of it. */
class ProfileTest {
  private final StandInBackend device = new StandInBackend();

  @TempDir Path directory;

  private Backend profiled(Profile profile) {
    return new CheckedBackend(new ProfiledBackend(device, profile));
  }

  private static List<Event> on(Track track, Profile profile) {
    return profile.events().stream().filter(event -> event.track() == track).toList();
  }

  @Test
  void operations_haveNamesTensorsAndBytes() {
    Profile profile = new Profile();
    try (Backend backend = profiled(profile);
        TensorArena arena = new TensorArena(backend, "test")) {
      Tensor x = arena.allocate("x", 4, 3);
      Tensor y = arena.allocate("y", 4, 3);
      backend.ops().scale(x, 2, y);
    }
    Event scale = on(Track.OPERATIONS, profile).get(0);
    assertEquals("scale", scale.name());
    assertEquals(Map.of("in", "x [4, 3]", "out", "y [4, 3]"), scale.details());
    assertEquals(2 * 4 * 3 * 4, scale.bytes());
    assertTrue(scale.elapsedNanos() >= 0 && scale.beginNanos() >= 0);
    assertEquals("stand-in:0: a device that computes nothing", profile.device());
  }

  @Test
  void fusedOperation_isOneEvent_andReachesTheDeviceAsItself() {
    Profile profile = new Profile();
    try (Backend backend = profiled(profile);
        TensorArena arena = new TensorArena(backend, "test")) {
      Tensor x = arena.allocate("x", 4, 3);
      Tensor w = arena.allocate("w", 2, 3);
      backend.ops().linear(x, w, null, Activation.RELU, null, arena.allocate("y", 4, 2));
    }
    assertEquals(List.of("linear"), names(on(Track.OPERATIONS, profile)));
    assertTrue(device.log().contains("linear"), device.log().toString());
    assertFalse(device.log().contains("matmul"), device.log().toString());
  }

  @Test
  void replay_isAStepWithItsOperationsWithin() {
    Profile profile = new Profile();
    try (Backend backend = profiled(profile);
        TensorArena arena = new TensorArena(backend, "test")) {
      Tensor x = arena.allocate("x", 3);
      CapturedWork work =
          backend.capture(
              () -> {
                backend.ops().fill(1, x);
                backend.ops().fill(2, x);
              });
      assertEquals(0, profile.events().size(), "recording is no work");
      work.replay();
      work.replay();
    }
    assertEquals(List.of("step", "fill", "fill", "step", "fill", "fill"), names(profile.events()));
    assertEquals(2, profile.keptSteps());
    Event second = on(Track.STEPS, profile).get(1);
    assertEquals(Map.of("number", "2"), second.details());
    Event last = on(Track.OPERATIONS, profile).get(3);
    assertTrue(last.beginNanos() >= second.beginNanos());
    assertTrue(end(last) <= end(second));
  }

  private static List<String> names(List<Event> events) {
    return events.stream().map(Event::name).toList();
  }

  private static long end(Event event) {
    return event.beginNanos() + event.elapsedNanos();
  }

  @Test
  void transfers_areOnATrackOfTheirOwn() {
    Profile profile = new Profile();
    try (Backend backend = profiled(profile);
        TensorArena arena = new TensorArena(backend, "test")) {
      Tensor x = arena.upload("x", new float[] {1, 2, 3}, 3);
      backend.download(x, new float[3]);
      Tensor labels = arena.upload("labels", new int[] {1, 2}, 2);
      backend.download(labels, new int[2]);
    }
    List<Event> transfers = on(Track.TRANSFERS, profile);
    assertEquals(List.of("upload", "download", "upload", "download"), names(transfers));
    assertEquals(12, transfers.get(0).bytes());
    assertEquals(Map.of("tensor", "labels [2]"), transfers.get(3).details());
  }

  @Test
  void aFailingOperation_throwsWhatItThrew() {
    device.failureOfSynchronize = new DeviceException("fill", "LOST", "stand-in:0", null);
    Profile profile = new Profile();
    Backend backend = profiled(profile);
    TensorArena arena = new TensorArena(backend, "test");
    Tensor x = arena.allocate("x", 3);
    DeviceException failure = assertThrows(DeviceException.class, () -> backend.ops().fill(1, x));
    assertSame(device.failureOfSynchronize, failure);
    assertEquals(List.of(), profile.events());
  }

  @Test
  void wrongArguments_areRefusedAsWithoutAProfile() {
    Profile profile = new Profile();
    try (Backend backend = profiled(profile);
        TensorArena arena = new TensorArena(backend, "test")) {
      Tensor x = arena.allocate("x", 3);
      Tensor y = arena.allocate("y", 4);
      assertThrows(ShapeMismatchException.class, () -> backend.ops().copy(x, y));
    }
    assertEquals(List.of(), profile.events());
  }

  @Test
  void beyondItsCapacity_theFirstAndTheLastAreKept_andTheRestIsCounted() {
    Profile profile = new Profile(5);
    for (int i = 1; i <= 9; i++) {
      profile.addStep(i * 10L, i * 10L + 5);
    }
    List<String> numbers =
        profile.events().stream().map(event -> event.details().get("number")).toList();
    assertEquals(List.of("1", "2", "7", "8", "9"), numbers);
    assertEquals(5, profile.keptSteps());
    assertEquals(4, profile.droppedSteps());
    assertEquals(4, profile.droppedEvents());
  }

  @Test
  void capacity_below2_isRefused() {
    String message =
        assertThrows(IllegalArgumentException.class, () -> new Profile(1)).getMessage();
    assertEquals("capacity must be at least 2, but is 1", message);
  }

  @Test
  @SuppressWarnings("unchecked")
  void timeline_isChromesTraceFormat_andSaysWhatIsMissing() throws IOException {
    Profile profile = new Profile(2);
    profile.setDevice(device.device());
    profile.addPhase("epoch \"1\"", 0, 9_000);
    profile.addStep(1_500, 2_750);
    profile.addStep(3_000, 4_000);
    Path file = directory.resolve("profile.json");
    profile.writeTimeline(file);
    Map<String, Object> json = (Map<String, Object>) Json.read(Files.readAllBytes(file));
    assertTrue(Files.readString(file).startsWith(Profile.TIMELINE_BEGINNING));
    Map<String, Object> about = (Map<String, Object>) json.get("otherData");
    assertEquals("myelin", about.get("generator"));
    assertEquals(1L, about.get("keptSteps"));
    assertEquals(1L, about.get("droppedSteps"));
    List<Map<String, Object>> events = (List<Map<String, Object>>) json.get("traceEvents");
    List<Map<String, Object>> complete =
        events.stream().filter(event -> event.get("ph").equals("X")).toList();
    assertEquals(
        Map.of(
            "ph",
            "X",
            "pid",
            1L,
            "tid",
            1L,
            "name",
            "epoch \"1\"",
            "cat",
            "phases",
            "ts",
            0.0,
            "dur",
            9.0),
        complete.get(0));
    assertEquals(3.0, complete.get(1).get("ts"));
    assertEquals(1.0, complete.get(1).get("dur"));
    assertEquals(Map.of("number", "2"), complete.get(1).get("args"));
    assertTrue(
        events.stream()
            .anyMatch(event -> event.get("name").equals("1 events left out, among them 1 steps")),
        events.toString());
    List<Object> tracks =
        events.stream()
            .filter(event -> event.get("name").equals("thread_name"))
            .map(event -> ((Map<String, Object>) event.get("args")).get("name"))
            .toList();
    assertEquals(List.of("phases", "steps", "operations", "transfers", "uploads_beside"), tracks);
  }

  @Test
  @SuppressWarnings("unchecked")
  void timeline_beforeABackendWasOpened_hasAProcessWithAName() throws IOException {
    Path file = directory.resolve("profile.json");
    new Profile().writeTimeline(file);
    Map<String, Object> json = (Map<String, Object>) Json.read(Files.readAllBytes(file));
    Map<String, Object> process = ((List<Map<String, Object>>) json.get("traceEvents")).get(0);
    assertEquals("process_name", process.get("name"));
    assertEquals(Map.of("name", "no device"), process.get("args"));
  }
}
