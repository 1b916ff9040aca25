package dev.myelin;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.myelin.Profile.Event;
import dev.myelin.Profile.Track;
import dev.myelin.io.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A profile as a file in Chrome's Trace Event Format: a process for the device, a thread for each
 * track, an event a line.
 *
 * <p>Source: Duca and Sinclair, "Trace Event Format", 2016.
 */
final class Timeline {
  private static final int PROCESS = 1;
  private static final List<Track> TRACKS = List.of(Track.values());

  private final Profile profile;

  Timeline(Profile profile) {
    this.profile = profile;
  }

  void writeTo(OutputStream out) throws IOException {
    Map<String, Object> about = new LinkedHashMap<>();
    about.put("generator", "myelin");
    about.put("device", profile.device());
    about.put("timing", "the device is waited for after every operation");
    about.put("keptSteps", profile.keptSteps());
    about.put("droppedSteps", profile.droppedSteps());
    about.put("droppedEvents", profile.droppedEvents());
    print(out, "{\"otherData\":" + Json.write(about) + ",\n\"displayTimeUnit\":\"ns\",\n");
    print(out, "\"traceEvents\":[\n" + Json.write(name("process_name", 0, process())));
    for (Track track : TRACKS) {
      String name = track.name().toLowerCase(Locale.ROOT);
      print(out, ",\n" + Json.write(name("thread_name", thread(track), name)));
      print(out, ",\n" + Json.write(order(thread(track))));
    }
    if (profile.droppedEvents() > 0) {
      print(out, ",\n" + Json.write(dropped()));
    }
    for (Event event : profile.events()) {
      print(out, ",\n" + Json.write(complete(event)));
    }
    print(out, "\n]}\n");
  }

  /** Never empty, which Perfetto counts as an error of the file. */
  private String process() {
    return profile.device().isEmpty() ? "no device" : profile.device();
  }

  private static void print(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(UTF_8));
  }

  private static int thread(Track track) {
    return TRACKS.indexOf(track) + 1;
  }

  private static Map<String, Object> event(String phase, String name, int thread) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("ph", phase);
    json.put("pid", PROCESS);
    json.put("tid", thread);
    json.put("name", name);
    return json;
  }

  private static Map<String, Object> name(String what, int thread, String name) {
    Map<String, Object> json = event("M", what, thread);
    json.put("args", Map.of("name", name));
    return json;
  }

  private static Map<String, Object> order(int thread) {
    Map<String, Object> json = event("M", "thread_sort_index", thread);
    json.put("args", Map.of("sort_index", thread));
    return json;
  }

  /** A mark through all tracks at the place of what is missing. */
  private Map<String, Object> dropped() {
    String what =
        String.format(
            Locale.ROOT,
            "%,d events left out, among them %,d steps",
            profile.droppedEvents(),
            profile.droppedSteps());
    Map<String, Object> json = event("i", what, thread(Track.STEPS));
    json.put("s", "g");
    json.put("ts", profile.droppedFromNanos() / 1e3);
    return json;
  }

  private static Map<String, Object> complete(Event event) {
    Map<String, Object> json = event("X", event.name(), thread(event.track()));
    json.put("cat", event.track().name().toLowerCase(Locale.ROOT));
    json.put("ts", event.beginNanos() / 1e3);
    json.put("dur", event.elapsedNanos() / 1e3);
    if (!event.details().isEmpty()) {
      Map<String, Object> details = new LinkedHashMap<>(event.details());
      if (event.bytes() > 0) {
        details.put("bytes", event.bytes());
      }
      json.put("args", details);
    }
    return json;
  }
}
